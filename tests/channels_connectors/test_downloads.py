"""Answers of HTTP that become files, for every platform."""

import aiohttp
import pytest
from aiohttp import web

from channels_connectors.downloads import Download, temporary
from channels_connectors.errors import ConnectorError

LIMIT = 100_000
PICTURE = b"p" * LIMIT
NO_FILE, TOO_LARGE, UNAVAILABLE = "no such file", "too large", "their server is away"


@pytest.fixture
async def server():
    """A platform's file server, by its address."""

    async def untold(request):
        answer = web.StreamResponse()
        answer.enable_chunked_encoding()
        await answer.prepare(request)
        for _ in range(3):
            await answer.write(PICTURE)
        return answer

    async def serve(request):
        name = request.match_info["name"]
        if name.isdigit():
            return web.Response(status=int(name))
        if name == "untold":
            return await untold(request)
        places = {"moved": "/picture", "round": "/round", "nowhere": "http://[/"}
        if name in places:
            return web.Response(status=302, headers={"Location": places[name]})
        return web.Response(body=PICTURE + b"p" * (name == "large"), content_type="image/png")

    application = web.Application()
    application.router.add_get("/{name}", serve)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def fetch(address, target, **facts):
    async with aiohttp.ClientSession() as session:

        async def ask(url, read):
            async with session.get(url, allow_redirects=False) as response:
                return await read(response)

        download = Download(target, LIMIT, NO_FILE, TOO_LARGE, UNAVAILABLE, **facts)
        return await download.follow(address, ask)


@pytest.mark.parametrize("name", ["picture", "moved"])
async def test_a_file_of_just_the_limit_arrives_whole_from_wherever_it_is(server, tmp_path, name):
    file = await fetch(server + name, tmp_path / "file")
    assert (file.path.read_bytes(), file.size, file.mime) == (PICTURE, LIMIT, "image/png")


@pytest.mark.parametrize(
    ("name", "error_class", "words"),
    [
        ("large", "bad_content", TOO_LARGE),
        ("untold", "bad_content", TOO_LARGE),
        ("404", "bad_content", NO_FILE),
        ("401", "bad_content", NO_FILE),
        ("round", "bad_content", NO_FILE),
        ("nowhere", "bad_content", NO_FILE),
        ("503", "transient", UNAVAILABLE),
    ],
)
async def test_a_file_that_cannot_be_had_is_explained(server, tmp_path, name, error_class, words):
    with pytest.raises(ConnectorError) as caught:
        await fetch(server + name, tmp_path / "file")
    assert (caught.value.error_class, caught.value.words) == (error_class, words)
    written = tmp_path / "file"
    assert not written.exists() or written.stat().st_size <= LIMIT


async def test_a_platform_says_itself_which_answers_mean_that_there_is_no_file(server, tmp_path):
    with pytest.raises(ConnectorError, match=UNAVAILABLE):
        await fetch(server + "401", tmp_path / "file", missing=frozenset({404}))


def test_a_temporary_file_stays_unless_its_block_fails():
    with temporary(".png") as kept:
        kept.write_bytes(PICTURE)
    assert kept.read_bytes() == PICTURE
    assert kept.suffix == ".png"
    kept.unlink()
    with pytest.raises(RuntimeError), temporary() as gone:
        raise RuntimeError
    assert not gone.exists()

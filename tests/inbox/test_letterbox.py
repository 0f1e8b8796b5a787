"""What platforms get for an answer, and what is kept of what they bring."""

import asyncio
from uuid import uuid4

import httpx
import orjson
import pytest
import redis.asyncio
from asgiref.sync import sync_to_async
from django.db import connection

from config.asgi import application
from core.postgresql import connections
from core.redis import client
from inbox import letterbox
from inbox.letterbox import pokes
from inbox.letterbox.application import LARGEST_BODY
from inbox.models import InboundEnvelope
from tests.cast import make_channel
from tests.restarts import end_all_sessions

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
SECRET = {HEADER: "open sesame"}
TOKEN = {"token": f"42:{'A' * 35}", "secret_token": "open sesame"}


@pytest.fixture
def channel(acme):
    with acme.scope():
        return make_channel(credentials=TOKEN)


@pytest.fixture
def path(channel):
    return f"/hooks/telegram/{channel.key}/"


@pytest.fixture
async def http():
    transport = httpx.ASGITransport(application, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://tandem") as client:
        yield client
    await connections.close_async_pool()


def update(number: int, text: str = "Hello") -> bytes:
    return orjson.dumps({"update_id": number, "message": {"text": text}})


async def in_scope(workspace, function):
    """Run ORM code in a thread, and leave no connection behind in it."""

    def run():
        try:
            with workspace.scope():
                return function()
        finally:
            connection.close()

    return await asyncio.to_thread(run)


async def stored(workspace):
    return await in_scope(workspace, lambda: list(InboundEnvelope.objects.order_by("id")))


async def test_a_call_is_answered_as_the_platform_expects_and_kept_raw(acme, http, channel, path):
    body = update(7, "Добрый день")
    answer = await http.post(path, content=body, headers=SECRET)
    assert (answer.status_code, answer.content) == (200, b"{}")
    assert answer.headers["content-type"] == "application/json"
    (envelope,) = await stored(acme)
    assert (envelope.channel_id, envelope.dedup_key) == (channel.id, "7")
    assert (bytes(envelope.raw), envelope.state) == (body, "new")


async def test_a_call_delivered_three_times_is_kept_once(acme, http, path):
    answers = [await http.post(path, content=update(7), headers=SECRET) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len(await stored(acme)) == 1


async def test_many_calls_at_once_are_all_kept(acme, http, path):
    bodies = [update(number % 150) for number in range(300)]
    answers = await asyncio.gather(
        *(http.post(path, content=body, headers=SECRET) for body in bodies)
    )
    assert {answer.status_code for answer in answers} == {200}
    assert {envelope.dedup_key for envelope in await stored(acme)} == set(map(str, range(150)))


async def test_wrong_secret_unknown_channel_and_wrong_kind_look_alike(acme, http, channel, path):
    answers = [
        await http.post(path, content=update(1), headers={HEADER: "guess"}),
        await http.post(path, content=update(1)),
        await http.post(f"/hooks/telegram/{'x' * 43}/", content=update(1), headers=SECRET),
        await http.post(f"/hooks/vk/{channel.key}/", content=update(1), headers=SECRET),
        await http.post("/hooks/telegram/", content=update(1), headers=SECRET),
        await http.post(f"/hooks/telegram/{channel.key}%00/", content=update(1), headers=SECRET),
        await http.post(path, content=b"{", headers={}),
    ]
    seen = {(a.status_code, a.content, tuple(a.headers.items())) for a in answers}
    assert len(seen) == 1
    assert answers[0].status_code == 401
    assert await stored(acme) == []


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b'{"update_id": "x"}', b"\xff\xfe"])
async def test_what_is_no_update_is_400(acme, http, path, body):
    answer = await http.post(path, content=body, headers=SECRET)
    assert answer.status_code == 400
    assert await stored(acme) == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
async def test_other_methods_are_405(http, path, method):
    answer = await http.request(method, path, headers=SECRET)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


async def test_a_body_over_three_megabytes_is_413_for_everybody(acme, http, path):
    body = b" " * (LARGEST_BODY + 1)
    for address in (path, f"/hooks/telegram/{'x' * 43}/"):
        assert (await http.post(address, content=body, headers=SECRET)).status_code == 413
    assert await stored(acme) == []


async def test_a_body_without_a_length_is_read_no_further_than_the_limit(path):
    given = 0

    async def receive():
        nonlocal given
        given += 1
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": [], "query_string": b""}
    await letterbox.application(scope, receive, send)
    assert sent[0]["status"] == 413
    assert given == LARGEST_BODY // 65536 + 1


async def test_a_caller_who_hangs_up_leaves_nothing(acme, path):
    async def receive():
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "POST", "path": path, "headers": [], "query_string": b""}
    await letterbox.application(scope, receive, None)
    assert await stored(acme) == []


async def test_a_changed_secret_counts_at_once(acme, http, channel, path):
    assert (await http.post(path, content=update(1), headers=SECRET)).status_code == 200

    def change():
        channel.credentials = {**TOKEN, "secret_token": "new"}
        channel.save()

    await in_scope(acme, change)
    await asyncio.sleep(0.25)
    headers = {HEADER: "new"}
    assert (await http.post(path, content=update(2), headers=headers)).status_code == 200
    assert (await http.post(path, content=update(3), headers=SECRET)).status_code == 401


@pytest.mark.parametrize(
    ("status", "answer"),
    [("connecting", 200), ("paused", 200), ("broken", 200), ("disconnected", 401)],
)
async def test_a_troubled_channel_keeps_taking_messages_a_disconnected_one_does_not(
    acme, http, channel, path, status, answer
):
    await in_scope(acme, lambda: channel.change_status(status))
    assert (await http.post(path, content=update(1), headers=SECRET)).status_code == answer


async def test_after_the_commit_the_sorter_is_poked(acme, http, channel, path):
    client().delete(pokes.INBOUND)
    await http.post(path, content=update(1), headers=SECRET)
    _, member, _ = await asyncio.to_thread(client().bzpopmin, pokes.INBOUND, 5)
    assert pokes.unpack(member) == (acme.workspace.id, channel.id)


async def test_a_dead_redis_delays_nobody(acme, http, path, monkeypatch):
    unreachable = redis.asyncio.Redis(host="127.0.0.1", port=1)
    monkeypatch.setattr(pokes, "async_client", lambda: unreachable)
    for number in range(3):
        answer = await asyncio.wait_for(http.post(path, content=update(number), headers=SECRET), 2)
        assert answer.status_code == 200
    assert len(await stored(acme)) == 3
    await unreachable.aclose()


async def test_a_dead_database_is_503_and_quick(http, path, monkeypatch):
    parameters = {**connections.connection_parameters(), "host": "127.0.0.1", "port": "1"}
    monkeypatch.setattr(connections, "connection_parameters", lambda: parameters)
    answers = await asyncio.wait_for(
        asyncio.gather(*(http.post(path, content=update(n), headers=SECRET) for n in range(50))), 5
    )
    assert {answer.status_code for answer in answers} == {503}
    again = await asyncio.wait_for(http.post(path, content=update(1), headers=SECRET), 5)
    assert (again.status_code, again.headers["retry-after"]) == (503, "2")


async def test_after_a_restart_of_the_database_calls_are_taken_again(acme, http, path):
    assert (await http.post(path, content=update(0), headers=SECRET)).status_code == 200
    await sync_to_async(end_all_sessions)()
    statuses = []
    for number in range(1, 100):
        answer = await http.post(path, content=update(number), headers=SECRET)
        statuses.append(answer.status_code)
        if statuses[-1] == 200:
            break
        await asyncio.sleep(0.1)
    assert set(statuses[:-1]) <= {503}
    assert statuses[-1] == 200


async def test_our_own_envelopes_take_the_same_way(acme, channel):
    await asyncio.gather(*(letterbox.post(channel, f"visitor:{n % 2}", b"raw") for n in range(4)))
    assert [envelope.dedup_key for envelope in await stored(acme)] == ["visitor:0", "visitor:1"]
    await connections.close_async_pool()


@pytest.mark.parametrize("key", ["a" * 201, "zero \0", "half \ud800"])
async def test_a_key_that_cannot_be_stored_still_tells_envelopes_apart(acme, channel, key):
    await letterbox.post(channel, key, b"1")
    await letterbox.post(channel, key, b"again")
    await letterbox.post(channel, key + "!", b"2")
    assert [bytes(envelope.raw) for envelope in await stored(acme)] == [b"1", b"2"]
    await connections.close_async_pool()


async def test_an_envelope_that_cannot_be_stored_takes_no_other_with_it(acme, channel):
    class Nobody:
        id, workspace_id = uuid4(), channel.workspace_id

    results = await asyncio.gather(
        letterbox.post(channel, "before", b"1"),
        letterbox.post(Nobody, "nowhere", b"2"),
        letterbox.post(channel, "after", b"3"),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [
        type(None), letterbox.Unavailable, type(None),
    ]  # fmt: skip
    assert {envelope.dedup_key for envelope in await stored(acme)} == {"before", "after"}
    await connections.close_async_pool()

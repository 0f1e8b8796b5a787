"""Letters in a real browser: nothing runs, nothing is fetched before an agent asks."""

import pytest
from aiohttp import web
from asgiref.sync import sync_to_async
from django.db import connection
from django.db import connections as django_connections
from playwright.async_api import async_playwright, expect

from config.asgi import application
from inbox.letters import pages
from inbox.models import Attachment
from live.threads import in_thread
from tests.browser import find_browser
from tests.cast import make_channel, make_conversation, make_message
from tests.inbox.letters import HOSTILE_PAGES
from tests.inbox.test_media import picture
from tests.live.conftest import eventually
from tests.live.quiet import go_quiet
from tests.livechat.serving import Server, free_port
from workspaces.storage import absolute, new_path

# A name by which the server is reached without https; "localhost" counts as secure.
PLAIN = "plain.example"

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
async def site(transactional_db, settings, monkeypatch, tmp_path):
    """Our server."""
    # Each request has a thread of its own here: none may keep a connection for the next.
    monkeypatch.setitem(django_connections.settings["default"], "CONN_MAX_AGE", 0)
    port = free_port()
    settings.PUBLIC_URL = f"http://localhost:{port}"
    settings.MEDIA_ROOT = tmp_path
    server = Server(application, port)
    await server.start()
    yield settings.PUBLIC_URL
    await server.stop()
    await go_quiet()
    await sync_to_async(lambda: connection.close())()


@pytest.fixture
async def sender(settings):
    """The letter writer's server: `asked` is what it was asked for. We may fetch from it."""
    asked = []

    async def answer(request):
        asked.append(request.path)
        return web.Response(body=picture("PNG"), content_type="image/png")

    made = web.Application()
    made.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(made)
    await runner.setup()
    place = web.TCPSite(runner, "127.0.0.1", port := free_port())
    await place.start()
    home = f"http://127.0.0.1:{port}"
    settings.MAX_API_URL = home  # an address of the environment's may stand in a private network
    yield home, asked
    await runner.cleanup()


def write(acme, page):
    """The conversation's address and the letter's, of a letter with this HTML."""
    with acme.scope():
        conversation = make_conversation(make_channel("email"))
        payload = {"subject": "Sofa", "whole": True, "html": True, "remote_pictures": True}
        message = make_message(conversation, "Hello", external_id="<a@b>", payload=payload)
        path = new_path()
        absolute(path).parent.mkdir(parents=True, exist_ok=True)
        absolute(path).write_text(page)
        reference = {"part": "whole", "hidden": True}
        Attachment.objects.create(
            message=message, kind="file", reference=reference, path=path, status="ready"
        )
    thread = f"/w/{acme.workspace.slug}/inbox/{conversation.id}/"
    return thread, f"{thread}messages/{message.id}/letter/"


@pytest.fixture
async def agent(site, acme, log_in):
    """Anna's browser: `await agent()` is a page that is logged in."""
    cookies = (await in_thread(lambda: log_in(acme.anna))).cookies
    known = [{"name": name, "value": one.value} for name, one in cookies.items()]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_browser(), args=[f"--host-resolver-rules=MAP {PLAIN} 127.0.0.1"]
        )

        async def make(home=site, **options):
            context = await browser.new_context(base_url=home, locale="en-GB", **options)
            await context.add_cookies([{**one, "url": home} for one in known])
            return await context.new_page()

        yield make
        await browser.close()


async def test_no_letter_runs_or_fetches_anything(agent, acme, sender):
    home, asked = sender
    page = "".join(f"<div>{one.format(home=home)}</div>" for one in HOSTILE_PAGES)
    thread, letter = await in_thread(write, acme, f"<p>Readable</p>{page}<p>The end</p>")
    screen = await agent()
    dialogs = []
    screen.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await screen.goto(thread)
    await screen.get_by_text("Show the whole letter").click()
    frame = screen.frame_locator(".letter__frame")
    await expect(frame.get_by_text("Readable")).to_be_visible()
    # Also opened by itself, without the frame.
    alone = await screen.context.new_page()
    await alone.goto(letter)
    await expect(alone.get_by_text("Readable")).to_be_visible()
    for one in (screen, alone):
        await one.wait_for_load_state("networkidle")
        assert await one.evaluate("window.hacked") is None
    assert dialogs == []
    assert asked == []
    # It has no origin: neither cookies nor our pages are within its reach.
    assert await alone.evaluate("window.origin") == "null"


async def test_every_hostile_page_by_itself_does_nothing(agent, acme, sender):
    home, asked = sender
    screen = await agent()
    for one in HOSTILE_PAGES:
        _thread, letter = await in_thread(write, acme, one.format(home=home))
        await screen.goto(letter)
        assert await screen.evaluate("window.hacked") is None, one
        assert screen.url.endswith("/letter/"), one
    assert asked == []


async def test_pictures_come_when_they_are_asked_for_and_through_us(agent, acme, sender, site):
    home, asked = sender
    page = f'<p>Look</p><img src="{home}/photo.png" alt="photo" width="40" height="20">'
    thread, _letter = await in_thread(write, acme, page)
    screen = await agent()
    loads = []
    screen.on("request", lambda request: loads.append(request.url))
    await screen.goto(thread)
    await screen.get_by_text("Show the whole letter").click()
    frame = screen.frame_locator(".letter__frame")
    await expect(frame.get_by_text("Look")).to_be_visible()
    assert asked == []
    await screen.get_by_role("button", name="Show pictures").click()
    await eventually(lambda: asked == ["/photo.png"])
    drawn = "image => image.complete && image.naturalWidth"
    await eventually(lambda: frame.locator("img").evaluate(drawn))
    # The browser itself has asked nobody but us.
    assert all(url.startswith((site, "data:", "blob:")) for url in loads), loads


async def test_a_page_without_https_shows_letters_and_sends(agent, acme, site, settings):
    """There browsers withhold what they keep for secure pages."""
    home = site.replace("localhost", PLAIN)
    settings.ALLOWED_HOSTS = [PLAIN]
    settings.PUBLIC_URL = home
    thread, _letter = await in_thread(write, acme, "<p>Line</p>" * 40)
    screen = await agent(home)
    await screen.goto(thread)
    assert not await screen.evaluate("isSecureContext")
    await screen.get_by_text("Show the whole letter").click()
    frame = screen.locator(".letter__frame")
    await eventually(lambda: frame.evaluate("frame => frame.clientHeight > 690"))
    await screen.get_by_role("tab", name="Note").click()
    await screen.locator(".composer:not([aria-busy]) #composer_text").fill("By plain HTTP")
    await screen.locator("#composer_text").press("Enter")
    await expect(screen.locator(".message--note[id]", has_text="By plain HTTP")).to_be_visible()
    words = "const { copyText } = await import('lib/clipboard'); await copyText('copied')"
    await screen.evaluate(f"(async () => {{ {words} }})()")
    await screen.locator("#composer_text").press("Control+V")
    await expect(screen.locator("#composer_text")).to_have_value("copied")


async def test_the_frame_is_as_long_as_the_letter(agent, acme, site):
    """Also when the window changes; and nothing runs though the page around can see it."""
    words = "<p>" + "A line of a letter about a sofa. " * 40 + "</p>"
    thread, _letter = await in_thread(write, acme, words + "<script>parent.hacked = 1</script>")
    screen = await agent()
    await screen.goto(thread)
    await screen.get_by_text("Show the whole letter").click()
    frame = screen.locator(".letter__frame")

    async def fits():
        # There is no page in it yet when it begins to load.
        inner = (
            "({ contentDocument: page }) => page?.documentElement?.getBoundingClientRect().height"
        )
        height = await frame.evaluate(inner)
        return bool(height) and abs(height - (await frame.bounding_box())["height"]) < 2

    await eventually(fits)
    before = (await frame.bounding_box())["height"]
    # One begins to read where it begins.
    await expect(screen.get_by_text("Show the whole letter")).to_be_in_viewport()
    await screen.set_viewport_size({"width": 390, "height": 844})
    await eventually(fits)
    assert (await frame.bounding_box())["height"] != before
    assert await screen.evaluate("window.hacked") is None
    assert "allow-scripts" not in await frame.get_attribute("sandbox")


async def test_a_letter_as_high_as_its_frame_does_not_grow_for_ever(agent, acme, site):
    page = '<div style="height: 100vh">High</div><p>And more</p>'
    thread, _letter = await in_thread(write, acme, page)
    screen = await agent()
    await screen.goto(thread)
    await screen.get_by_text("Show the whole letter").click()
    frame = screen.locator(".letter__frame")
    await expect(screen.frame_locator(".letter__frame").get_by_text("And more")).to_be_attached()
    heights = set()

    async def rests():
        heights.add(found := (await frame.bounding_box())["height"])
        await screen.evaluate(
            "new Promise((next) => requestAnimationFrame(() => setTimeout(next, 50)))"
        )
        return (await frame.bounding_box())["height"] == found

    await eventually(rests)
    assert max(heights) <= 3000


async def test_it_fits_a_phone(agent, acme, sender):
    wide = '<table width="1200"><tr><td>Wide</td></tr></table>'
    thread, _letter = await in_thread(write, acme, wide)
    screen = await agent(viewport={"width": 390, "height": 844}, has_touch=True)
    await screen.goto(thread)
    await screen.get_by_text("Show the whole letter").click()
    await expect(screen.locator(".letter__frame")).to_be_visible()
    width = await screen.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    box = await screen.locator(".letter__frame").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


async def test_the_seal_alone_would_hold(agent, acme, sender, monkeypatch):
    """As if the cleaning had a hole."""
    home, asked = sender
    monkeypatch.setattr(pages, "cleaned", lambda page, **_: page)
    screen = await agent()
    for one in HOSTILE_PAGES:
        _thread, letter = await in_thread(write, acme, one.format(home=home))
        await screen.goto(letter)
        assert await screen.evaluate("window.hacked") is None, one
    assert asked == []

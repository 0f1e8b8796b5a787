"""<live-source> in a real browser: a page that stays in line with the journal."""

import asyncio

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import async_playwright, expect

from tests.browser import find_browser
from tests.live.browser_stage import Stage
from tests.live.conftest import eventually

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all of them
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
]

FRAME = '<turbo-frame id="list" src="/frame" data-live-changed="lists counters"></turbo-frame>'


@pytest.fixture
def connections():
    """No database here."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser():
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=find_browser())
        yield made
        await made.close()


@pytest_asyncio.fixture(loop_scope="module")
async def stage():
    made = Stage()
    runner = web.AppRunner(made.application(), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
    yield made
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser, stage):
    context = await browser.new_context(base_url=stage.url)
    made, errors = await context.new_page(), []
    made.on("pageerror", lambda error: errors.append(error))
    yield made
    await context.close()
    assert errors == []


def append(key, text, target="log"):
    return (
        f'<turbo-stream action="append" target="{target}">'
        f'<template><p id="{key}">{text}</p></template></turbo-stream>'
    )


async def test_it_says_what_the_page_has_and_follows(stage, page):
    stage.body = '<div id="log" data-live-topic="conversation:1" data-live-seq="9"></div>'
    await page.goto("/")
    connection, hello = await stage.connected(seq=12, answer=False)
    assert hello["topics"] == ["conversation:1"]
    assert (hello["since"], hello["language"]) == (9, "ru")
    await connection.news(12, append("a", "missed"), replay=True)
    await connection.news(13, append("b", "live"))
    await expect(page.locator("#log p")).to_have_text(["missed", "live"])
    await expect(page.locator("live-source")).to_have_attribute("state", "connected")


async def test_after_a_break_it_asks_for_what_came_since(stage, page):
    stage.body = '<div id="log"></div>'
    await page.goto("/")
    connection, _ = await stage.connected()
    await connection.news(11, append("a", "one"))
    await connection.send(type="heartbeat", seq=14)
    await expect(page.locator("#log p")).to_have_text(["one"])
    await connection.close(4008)
    connection, hello = await stage.connected(seq=20, answer=False)
    assert hello["since"] == 14
    await connection.close(1012)  # before it has answered: the page still owes itself 15 to 20
    connection, hello = await stage.connected(seq=25, answer=False)
    assert hello["since"] == 14


async def test_what_was_applied_is_not_applied_twice(stage, page):
    stage.body = '<div id="log"></div>'
    await page.goto("/")
    connection, _ = await stage.connected()
    await connection.news(11, append("a", "one"))
    await connection.news(11, append("b", "again"))
    await connection.news(12, append("c", "two"))
    await expect(page.locator("#log p")).to_have_text(["one", "two"])


async def test_an_older_part_that_appears_is_brought_up_to_date(stage, page):
    stage.body = '<div id="log"></div><div id="late"></div>'
    await page.goto("/")
    connection, _ = await stage.connected()
    await connection.news(30, append("a", "one"))
    await expect(page.locator("#log p")).to_have_count(1)
    await page.evaluate(
        'late.innerHTML = \'<p data-live-topic="conversation:2" data-live-seq="25">older</p>\''
    )
    asked = await connection.next("topics")
    assert asked["topics"] == ["conversation:2"]
    assert asked["since"] == 25
    await page.evaluate("late.innerHTML = ''")
    asked = await connection.next("topics")
    assert asked["topics"] == []
    assert "since" not in asked


async def test_a_visit_keeps_the_socket_and_follows_the_new_page(stage, page):
    stage.body = (
        '<p data-live-topic="conversation:1" data-live-seq="10"></p><a href="/other">go</a>'
    )
    await page.goto("/")
    connection, _ = await stage.connected()
    await connection.news(15)
    stage.seq, stage.body = 14, '<p data-live-topic="conversation:2" data-live-seq="14"></p>'
    await page.click("a")
    await expect(page).to_have_title("/other")
    asked = await connection.next("topics")
    while asked["topics"] != ["conversation:2"]:
        asked = await connection.next("topics")
    assert asked["since"] == 14
    await asyncio.sleep(2.5)  # longer than the grace of an element that has left
    assert not connection.is_closed.is_set()
    await expect(page.locator("live-source")).to_have_attribute("state", "connected")


async def test_going_back_asks_from_where_the_page_was_left(stage, page):
    stage.body = (
        '<p data-live-topic="conversation:1" data-live-seq="10"></p><a href="/other">go</a>'
    )
    await page.goto("/")
    connection, _ = await stage.connected()
    await connection.news(20)
    await connection.send(type="heartbeat", seq=21)
    stage.seq, stage.body = 21, "<p>other</p>"
    await eventually_heard(page, "status")
    await page.click("a")
    await expect(page).to_have_title("/other")
    await connection.news(40)
    while (await connection.next("topics"))["topics"]:
        pass
    await page.go_back()
    asked = await connection.next("topics")
    assert asked["topics"] == ["conversation:1"]
    assert asked["since"] == 21


async def test_frames_reload_when_their_things_change(stage, page):
    stage.body = FRAME
    await page.goto("/")
    connection, _ = await stage.connected()
    await expect(page.locator("#list")).to_have_text("frame")
    stage.frame = "<p>other frame</p>"
    await connection.news(11, changed=["others"])
    await connection.news(12, changed=["counters"])
    await expect(page.locator("#list")).to_have_text("other frame")
    assert stage.frames == 2
    assert ["changed", {"names": ["counters"]}] in await page.evaluate("heard")


async def test_many_changes_reload_a_frame_few_times_and_miss_none(stage, page):
    stage.body, stage.delay = FRAME, 0.1
    await page.goto("/")
    connection, _ = await stage.connected()
    for seq in range(11, 41):
        stage.frame = f"<p>{seq}</p>"
        await connection.news(seq, changed=["lists"])
        await asyncio.sleep(0.02)
    await expect(page.locator("#list")).to_have_text("40")
    assert stage.frames < 15


PAUSES = """async () => {
  const { FrameReloader } = await import("models/frame_reloader")
  const reloader = new FrameReloader()
  const frame = document.createElement("turbo-frame")
  frame.disabled = true
  frame.src = "/nothing"
  frame.dataset.liveChanged = "mine"
  document.body.append(frame)
  frame.delegate = { proposeVisitIfNavigatedWithAction() {} }
  performance.now = () => 1000
  const pauses = []
  const later = window.setTimeout
  for (let turn = 0; turn < 19; turn++) {
    await new Promise((done) => {
      frame.reload = async () => later(done, 0)
      window.setTimeout = (run, ms) => {
        if (ms < 10_000) pauses.push(ms)
        return later(run, 0)
      }
      reloader.changed(["mine"])
    })
  }
  return pauses
}"""


async def test_the_first_changes_are_seen_at_once_and_a_flood_slowly(stage, page):
    stage.body = FRAME
    await page.goto("/")
    await stage.connected()
    pauses = await page.evaluate(PAUSES)
    assert pauses == [0, *[100] * 16, 500, 1000]


SENDING = """async () => {
  const { FrameReloader } = await import("models/frame_reloader")
  const frame = document.createElement("turbo-frame")
  frame.disabled = true
  frame.src = "/form"
  frame.dataset.liveChanged = "mine"
  frame.innerHTML = "<form aria-busy='true'></form>"
  document.body.append(frame)
  frame.delegate = { proposeVisitIfNavigatedWithAction() {}, sourceURLChanged() {} }
  const listen = frame.addEventListener
  const waits = new Promise((done) => {
    frame.addEventListener = (...what) => { listen.apply(frame, what); done() }
  })
  return new Promise(async (reloaded) => {
    frame.reload = async () => reloaded(frame.getAttribute("src"))
    new FrameReloader().changed(["mine"])
    await waits
    frame.src = "/answer"
    frame.firstChild.dispatchEvent(new CustomEvent("turbo:submit-end", { bubbles: true }))
  })
}"""


async def test_a_frame_whose_form_is_being_sent_is_loaded_from_where_the_answer_leads(stage, page):
    await page.goto("/")
    await stage.connected()
    assert await page.evaluate(SENDING) == "/answer"


async def test_a_page_that_missed_too_much_is_loaded_anew(stage, page):
    stage.body = '<p id="old">old</p>'
    await page.goto("/")
    connection, _ = await stage.connected(answer=False)
    stage.seq, stage.body = 900, '<p id="new">new</p>'
    await connection.send(type="reset", seq=900)
    await expect(page.locator("#new")).to_be_visible()
    assert stage.pages == 2


async def test_a_session_that_is_over_loads_the_page_and_tries_no_more(stage, page):
    await page.goto("/")
    connection, _ = await stage.connected()
    await connection.close(4401)
    await eventually(lambda: stage.pages == 2)
    await asyncio.sleep(0.5)
    assert stage.connections.empty()


async def test_it_says_that_the_connection_is_lost_after_a_while(stage, page):
    await page.goto("/")
    connection, _ = await stage.connected()
    await page.context.set_offline(True)
    await connection.close(1012)
    await asyncio.sleep(1)
    assert ["status", {"state": "lost"}] not in await page.evaluate("heard")
    await expect(page.locator("live-source")).to_have_attribute("state", "lost", timeout=8000)
    await page.context.set_offline(False)
    await stage.connected()
    await expect(page.locator("live-source")).to_have_attribute("state", "connected")


async def test_typing_goes_both_ways(stage, page):
    await page.goto("/")
    connection, _ = await stage.connected()
    await connection.send(type="ephemeral", kind="typing", conversation="1", who={"name": "Maria"})
    assert (await eventually_heard(page, "typing"))["who"] == {"name": "Maria"}
    tell = "document.dispatchEvent(new CustomEvent('live:type', { detail: { conversation: '1' } }))"
    await page.evaluate(f"{tell}; {tell}")
    assert (await connection.next("typing"))["conversation"] == "1"
    await asyncio.sleep(0.2)
    assert connection.said.empty()


async def eventually_heard(page, kind):
    async def found():
        return next((detail for name, detail in await page.evaluate("heard") if name == kind), None)

    return await eventually(found)

"""The widget in a real browser, on a shop's page of another origin than ours."""

import re

import pytest
from django.db import connections as django_connections
from playwright.async_api import async_playwright, expect

from config.asgi import application
from inbox.media.fetching import fetch
from inbox.models import Attachment, Message
from live.threads import in_thread
from livechat.snippet import snippet
from tests.browser import find_browser
from tests.live.conftest import eventually
from tests.livechat.conftest import connect_widget
from tests.livechat.serving import Server, free_port, sorting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SHOP = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title></head>
<body style="font: 3rem fantasy; color: red"><h1>Shop</h1><a href="/other">Other</a>
{snippet}</body></html>"""


@pytest.fixture
async def site(connections, settings, monkeypatch):
    """Our server; the sorter works."""
    # Each request has a thread of its own here: none may keep a connection for the next.
    monkeypatch.setitem(django_connections.settings["default"], "CONN_MAX_AGE", 0)
    port = free_port()
    settings.PUBLIC_URL = f"http://localhost:{port}"
    settings.CSRF_TRUSTED_ORIGINS = [settings.PUBLIC_URL]
    server = Server(application, port)
    with sorting():
        await server.start()
        yield server
        await server.stop()


class Shop:
    """Somebody else's site: one page under every address."""

    page = ""

    async def __call__(self, scope, receive, send):
        headers = [(b"content-type", b"text/html; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.page.encode()})


@pytest.fixture
async def shop():
    made, port = Shop(), free_port()
    server = Server(made, port)
    await server.start()
    made.url = f"http://127.0.0.1:{port}"  # another origin than localhost
    yield made
    await server.stop()


class Visitor:
    """A browser on a shop's page that carries the widget."""

    def __init__(self, page, shop):
        self.page, self.shop = page, shop
        self.chat = page.frame_locator("iframe")
        self.log = self.chat.locator("#log")

    async def visit(self, path="/?utm_source=vk&utm_campaign=autumn"):
        await self.page.goto(self.shop + path)

    async def open(self):
        await self.page.get_by_role("button", name=re.compile("^Open the chat")).click()
        await expect(self.chat.locator("#text")).to_be_focused()

    async def write(self, text):
        await self.chat.locator("#text").fill(text)
        await self.chat.locator("#text").press("Enter")


@pytest.fixture
async def come(site, shop, acme):
    """`await come()` opens a visitor's browser; keywords but `phone` are the widget's settings."""
    errors = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser())

        async def make(*, phone=False, locale="en-GB", **settings):
            channel = await in_thread(lambda: connect_widget(acme, **settings))
            size = {"width": 390, "height": 844} if phone else {"width": 1200, "height": 800}
            context = await browser.new_context(locale=locale, viewport=size, has_touch=phone)
            page = await context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("dialog", lambda dialog: errors.append(f"a dialog: {dialog.message}"))
            page.on("console", complain)
            shop.page = SHOP.format(snippet=snippet(channel))
            visitor = Visitor(page, shop.url)
            visitor.errors, visitor.context = errors, context
            return visitor

        def complain(message):
            if message.type == "error":
                errors.append(message.text)

        yield make
        await browser.close()
    assert errors == []


@pytest.fixture
async def visitor(come):
    """A visitor of a widget with nothing set."""
    return await come()


async def test_question_answer_reload(visitor, company):
    await visitor.visit()
    await visitor.open()
    await visitor.write("Is the sofa there in green?")
    await expect(visitor.log).to_contain_text("Is the sofa there in green?")
    await expect(visitor.log).to_contain_text("Sent")
    await eventually(lambda: company.texts())
    await company.answer("Yes, two greens")
    await expect(visitor.log).to_contain_text("Yes, two greens")
    await expect(visitor.chat.locator("#who")).to_have_text("Anna")
    await expect(visitor.log).not_to_contain_text("Sent")

    await visitor.page.reload()
    await visitor.open()
    await expect(visitor.log.locator(".chat__item")).to_have_text(
        ["Is the sofa there in green?", "Yes, two greens"]
    )
    first = (await company.do(lambda _: list(Message.objects.in_order())))[0]
    assert first.referral["first_touch"]["utm_source"] == "vk"
    assert first.referral["url"].startswith(f"{visitor.shop}/?utm_source=vk")


async def test_an_answer_to_a_closed_chat_is_counted_on_the_button(visitor, company):
    await visitor.visit()
    await visitor.open()
    await visitor.write("Hello")
    await eventually(lambda: company.texts())
    await visitor.chat.locator("#text").press("Escape")
    button = visitor.page.get_by_role("button", name=re.compile("^Open the chat"))
    await expect(button).to_be_focused()
    await company.answer("One")
    await company.answer("Two")
    await expect(visitor.page.locator(".count")).to_have_text("2")
    await visitor.page.goto(f"{visitor.shop}/other")
    await expect(visitor.page.locator(".count")).to_have_text("2")
    await visitor.open()
    await expect(visitor.page.locator(".count")).to_be_hidden()


async def test_what_is_said_without_a_connection_arrives_later_once_and_in_order(visitor, company):
    await visitor.visit()
    await visitor.open()
    await visitor.write("One")
    await eventually(lambda: company.texts())
    await visitor.context.set_offline(True)
    await visitor.write("Two")
    await visitor.write("Three")
    plan = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"2.36 m"}
    await visitor.chat.locator("#file").set_input_files([plan])
    await expect(visitor.log).to_contain_text("Sending")
    await expect(visitor.chat.locator("#note")).to_contain_text("No connection")
    await visitor.context.set_offline(False)
    await eventually(lambda: _said(company, 4), timeout=30)
    assert await company.texts() == ["One", "Two", "Three", ""]
    items = visitor.log.locator(".chat__item")
    await expect(items).to_have_text(["One", "Two", "Three", re.compile("plan.txt")])
    visitor.errors.clear()  # the browser itself complains about the lost connection


async def test_the_chat_outlives_a_restart_of_ours(visitor, company, site):
    await visitor.visit()
    await visitor.open()
    await visitor.write("Before")
    await eventually(lambda: company.texts())
    await site.stop()
    await visitor.write("Meanwhile")
    await company.answer("Answer meanwhile")
    await expect(visitor.chat.locator("#note")).to_contain_text("No connection")
    await site.start()
    await expect(visitor.log).to_contain_text("Answer meanwhile", timeout=30000)
    await eventually(lambda: _said(company, 3))
    await expect(visitor.log.locator(".chat__item")).to_have_text(
        ["Before", "Answer meanwhile", "Meanwhile"]
    )
    assert await company.texts() == ["Before", "Answer meanwhile", "Meanwhile"]
    visitor.errors.clear()  # the browser itself complains about the lost connection


async def test_form_before_the_chat(come, company):
    visitor = await come(form="required", title="Shop")
    await visitor.visit()
    await visitor.page.get_by_role("button", name="Open the chat").click()
    form = visitor.chat.locator("#form")
    await expect(form.get_by_label("Name")).to_be_focused()
    await form.get_by_label("Name").fill("Maria")
    await form.get_by_label("Phone or e-mail").fill("nothing")
    await form.get_by_label("Question").fill("Is it there?")
    await form.get_by_role("checkbox").check()
    await form.get_by_role("button", name="Start the chat").click()
    await expect(form.get_by_role("alert")).to_be_visible()
    await form.get_by_label("Phone or e-mail").fill("maria@example.com")
    await form.get_by_role("button", name="Start the chat").click()
    await expect(visitor.log).to_contain_text("Is it there?")
    await expect(form).to_be_hidden()
    await eventually(lambda: company.texts())
    contact = (await company.conversation()).contact
    assert (contact.name, contact.email) == ("Maria", "maria@example.com")


async def test_picture_goes_and_is_shown(visitor, company, tmp_path):
    from PIL import Image

    picture = tmp_path / "sofa.jpg"
    Image.new("RGB", (640, 480), "teal").save(picture)
    await visitor.visit()
    await visitor.open()
    await visitor.chat.locator("#file").set_input_files(picture)
    await expect(visitor.log.locator("img")).to_have_count(1)
    await eventually(lambda: company.texts())

    def fetch_it(_):
        attachment = Attachment.objects.get()
        return attachment.kind, attachment.workspace_id, attachment.pk

    kind, *place = await company.do(fetch_it)
    assert kind == "image"
    await in_thread(fetch, *place)
    await expect(visitor.log.locator("a.chat__picture img")).to_have_js_property(
        "naturalWidth", 640
    )


async def test_nothing_of_a_hostile_text_runs(visitor, company):
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    await visitor.visit()
    await visitor.open()
    await visitor.write(hostile)
    await eventually(lambda: company.texts())
    await company.answer(hostile)
    await expect(visitor.log.locator(".chat__item")).to_have_count(2)
    await expect(visitor.log.locator("img, script")).to_have_count(0)


async def test_without_sockets_the_chat_posts(visitor, company):
    await visitor.page.add_init_script(
        "window.WebSocket = class { close() {}"
        " constructor() { setTimeout(() => this.onclose?.({code: 1006}), 1) } }"
    )
    await visitor.visit()
    await visitor.open()
    await visitor.write("By post")
    await expect(visitor.log).to_contain_text("Sent", timeout=15000)
    await eventually(lambda: company.texts())
    await company.answer("Answer by post")
    await expect(visitor.log).to_contain_text("Answer by post", timeout=10000)
    await expect(visitor.log.locator(".chat__item")).to_have_count(2)


async def test_the_page_may_call_the_widget(visitor, company):
    await visitor.visit()
    await visitor.page.wait_for_function("window.tandem && window.tandem.key")
    await visitor.page.evaluate(
        "() => { window.heard = []; tandem('on', 'open', () => heard.push('open'));"
        " tandem('on', 'message', (message) => heard.push(message.text));"
        " tandem('setUser', {name: 'Maria', phone: '+7 912 345 67 89'}); tandem('open') }"
    )
    await expect(visitor.chat.locator("#text")).to_be_focused()
    await visitor.write("Hello")
    await eventually(lambda: company.texts())
    await company.answer("Good day")
    await eventually(lambda: visitor.page.evaluate("heard.length == 2"))
    assert await visitor.page.evaluate("heard") == ["open", "Good day"]
    assert (await company.conversation()).contact.name == "Maria"
    await visitor.page.evaluate("tandem.reset()")
    await visitor.open()
    await expect(visitor.log.locator(".chat__item")).to_have_count(0)


async def test_on_a_phone_the_chat_takes_the_screen(come):
    visitor = await come(phone=True)
    await visitor.visit()
    await visitor.open()
    box = await visitor.page.locator("iframe").bounding_box()
    assert (box["width"], box["height"]) == (390, 844)
    await visitor.chat.get_by_role("button", name="Hide the chat").click()
    await expect(visitor.page.locator("iframe")).to_be_hidden()


async def _said(company, number):
    return len(await company.texts()) >= number

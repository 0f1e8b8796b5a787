"""The window above the composer and the picker of templates, in a browser."""

from datetime import timedelta

import pytest
from django.db import connections as django_connections
from django.utils import timezone
from playwright.async_api import async_playwright, expect

from config.asgi import application
from inbox.models import Message
from live.threads import in_thread
from tests.browser import find_browser
from tests.cast import make_message
from tests.inbox.test_changing import make_desk
from tests.inbox.test_media import picture
from tests.inbox.test_payloads import close_window, template
from tests.live.conftest import connections, eventually
from tests.livechat.serving import Server, free_port

__all__ = ["connections"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
async def site(connections, settings, monkeypatch):
    monkeypatch.setitem(django_connections.settings["default"], "CONN_MAX_AGE", 0)
    port = free_port()
    settings.PUBLIC_URL = f"http://localhost:{port}"
    settings.CSRF_TRUSTED_ORIGINS = [settings.PUBLIC_URL]
    server = Server(application, port)
    await server.start()
    yield settings.PUBLIC_URL
    await server.stop()


@pytest.fixture
async def page(site, acme, log_in):
    """A window in which Anna has logged in."""
    cookies = (await in_thread(log_in, acme.anna)).cookies
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser())
        context = await browser.new_context(base_url=site)
        kept = [{"name": c.key, "value": c.value, "url": site} for c in cookies.values()]
        await context.add_cookies(kept)
        yield await context.new_page()
        await browser.close()


async def test_a_template_is_found_filled_in_and_sent_and_the_window_closes_by_itself(
    acme, platform, page
):
    platform = platform(templates=True, window_hours=24)

    def prepare():
        desk = make_desk(acme, platform)
        template(desk)
        template(desk, name="another")
        media = [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Look"}]
        template(desk, name="pictured", components=media)
        with acme.scope():
            make_message(desk.conversation, sent_at=timezone.now() - timedelta(hours=23))
        return desk

    desk = await in_thread(prepare)
    await page.clock.install()
    await page.goto(f"{acme.url}/inbox/{desk.conversation.id}/")
    await expect(page.locator("window-clock")).to_contain_text("59 min")

    await page.locator(".composer:not([aria-busy]) #composer_text").press("/")
    await page.locator(".template-row", has_text="pictured").click()
    form, shown = page.locator(".template-form"), page.locator(".template-preview__media img")
    await form.get_by_role("button", name="Send").click()
    await expect(form.get_by_role("alert")).to_be_visible()
    photo = {"name": "sofa.png", "mimeType": "image/png", "buffer": picture("PNG")}
    await form.locator("input[type=file]").set_input_files(photo)
    drawn = "image => image.complete && image.naturalWidth > 0"
    await eventually(lambda: shown.evaluate(drawn))
    await expect(form.locator("[name=attachment]")).not_to_have_value("")
    await page.get_by_role("link", name="Other templates").click()
    await page.get_by_placeholder("Find a template").fill("hel")
    await expect(page.locator(".template-row", has_text="another")).to_be_hidden()
    await page.locator(".template-row", has_text="hello").click()
    await expect(form.locator("[name=body-1]")).to_have_value("Maria")
    for name, value in (("header-1", "17"), ("body-2", "sofa"), ("buttons-1", "17")):
        await form.locator(f"[name={name}]").fill(value)
    await expect(page.locator(".template-preview")).to_contain_text("your sofa is here")
    await form.get_by_role("button", name="Send").click()
    await expect(page.locator("#template_dialog")).to_be_hidden()
    await expect(page.locator(".message--ours")).to_contain_text("Dear Maria, your sofa is here.")

    def sent():
        with acme.scope():
            return Message.objects.get(direction="outgoing").kind

    assert await in_thread(sent) == "template"
    await in_thread(close_window, desk)
    await page.clock.fast_forward("01:01:00")
    await expect(page.locator("#composer_text")).to_be_hidden()
    await expect(page.get_by_role("button", name="Choose a template").first).to_be_visible()
    await page.get_by_role("tab", name="Note").click()
    await expect(page.locator("#composer_text")).to_be_visible()

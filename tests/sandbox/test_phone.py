"""The phone page."""

import json

import pytest

from tests.browser import find_browser
from tests.sandbox_max import MARIA as MAX_MARIA
from tests.sandbox_server import MARIA, wait_for
from tests.sandbox_vk import MARIA as VK_MARIA


@pytest.mark.parametrize(("language", "word"), [("ru,en;q=0.9", "Неполадки"), ("fr", "Troubles")])
def test_the_page_speaks_the_browsers_language(sandbox, language, word):
    page = sandbox.http.get("/", headers={"Accept-Language": language})
    assert word in page.text
    assert "{{" not in page.text


def test_unknown_files_are_not_served(sandbox):
    assert sandbox.http.get("/static/..%2Fviews.py").status_code == 404
    assert sandbox.http.get("/static/views.py").status_code == 404


@pytest.mark.browser
def test_a_customer_chats_on_the_phone(sandbox, telegram_bot):
    from playwright.sync_api import expect, sync_playwright

    telegram_bot.say("Привет")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()))
        page = browser.new_page(locale="ru-RU")
        page.goto(f"{sandbox.url}/?bot={telegram_bot.id}&person={MARIA}")
        page.get_by_label("Сообщение", exact=True).fill("Платье есть?")
        page.keyboard.press("Enter")
        expect(page.locator(".bubble--mine").last).to_contain_text("Платье есть?")
        sandbox.http.post(
            f"/bot{telegram_bot.token}/sendMessage",
            json={
                "chat_id": MARIA,
                "text": "Да, <b>есть</b> <img onerror=x>".replace("<img onerror=x>", "&lt;img&gt;"),
                "parse_mode": "HTML",
                "reply_markup": {"inline_keyboard": [[{"text": "Беру", "callback_data": "buy"}]]},
            },
        )
        expect(page.locator(".bubble b")).to_have_text("есть")
        expect(page.locator(".bubble").last).to_contain_text("<img>")
        page.get_by_role("button", name="Беру").click()
        telegram_bot.wait_for(lambda: telegram_bot.state()["pending"] == 3)
        browser.close()


def test_vk_has_a_tab_of_its_own(sandbox):
    page = sandbox.http.get("/vk", headers={"Accept-Language": "ru"})
    assert "Новое сообщество" in page.text
    assert "{{" not in page.text
    assert 'href="/vk"' in sandbox.http.get("/").text


@pytest.mark.browser
def test_a_customer_of_vk_chats_on_the_phone(sandbox, vk_community):
    from playwright.sync_api import expect, sync_playwright

    vk_community.say("Привет")
    keyboard = {
        "inline": True,
        "buttons": [[{"action": {"type": "callback", "label": "Беру", "payload": '{"buy":1}'}}]],
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()))
        page = browser.new_page(locale="ru-RU")
        page.goto(f"{sandbox.url}/vk?community={vk_community.id}&person={VK_MARIA}")
        page.get_by_label("Сообщение", exact=True).fill("Платье есть?")
        page.keyboard.press("Enter")
        expect(page.locator(".bubble--mine").last).to_contain_text("Платье есть?")
        facts = {"peer_ids": VK_MARIA, "random_id": 1, "keyboard": json.dumps(keyboard)}
        vk_community.call("messages.send", message="Да, <b>есть</b>", **facts)
        expect(page.locator(".bubble").last).to_contain_text("<b>есть</b>")
        page.get_by_role("button", name="Беру").click()
        wait_for(lambda: vk_community.state()["presses"])
        page.get_by_role("button", name="Запретить сообщения").click()
        expect(page.get_by_text("Вы не разрешаете")).to_be_visible()
        browser.close()


def test_max_has_a_tab_of_its_own(sandbox):
    page = sandbox.http.get("/max", headers={"Accept-Language": "ru"})
    assert "Остановить бота" in page.text
    assert "{{" not in page.text
    for other in ("/", "/vk"):
        assert 'href="/max"' in sandbox.http.get(other).text


@pytest.mark.browser
def test_a_customer_of_max_chats_on_the_phone(sandbox, max_bot):
    from playwright.sync_api import expect, sync_playwright

    chat = max_bot.start()
    keyboard = {
        "type": "inline_keyboard",
        "payload": {"buttons": [[{"type": "callback", "text": "Беру", "payload": "buy:1"}]]},
    }
    body = {"text": "Да, <b>есть</b> &lt;img&gt;", "format": "html", "attachments": [keyboard]}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()))
        page = browser.new_page(locale="ru-RU")
        page.goto(f"{sandbox.url}/max?bot={max_bot.id}&person={MAX_MARIA}")
        page.get_by_label("Сообщение", exact=True).fill("Платье есть?")
        page.keyboard.press("Enter")
        expect(page.locator(".bubble--mine").last).to_contain_text("Платье есть?")
        max_bot.call("POST", "messages", body, chat_id=chat)
        expect(page.locator(".bubble b")).to_have_text("есть")
        expect(page.locator(".bubble").last).to_contain_text("<img>")
        page.get_by_role("button", name="Беру").click()
        wait_for(lambda: max_bot.state()["presses"])
        page.get_by_role("button", name="Остановить бота").click()
        expect(page.get_by_text("Вы остановили бота")).to_be_visible()
        browser.close()

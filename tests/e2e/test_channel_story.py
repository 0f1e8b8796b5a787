"""An admin connects a bot, sees it prove itself, and hears when it breaks."""

import re
import secrets

import httpx
import pytest
from playwright.sync_api import expect

WORDS = "Добрый день, это проверка"


@pytest.fixture
def bot(site):
    """A bot of the sandbox that nobody has connected, and hands to play with it."""
    token = f"{secrets.randbelow(10**9) + 10**9}:AAF{secrets.token_hex(16)}"

    def control(path, verb="POST", **facts):
        httpx.request(
            verb, f"{site.sandbox}/telegram/{token}/control/{path}", json=facts, trust_env=False
        ).raise_for_status()

    control.token = token
    return control


def test_an_admin_connects_a_bot_and_watches_it_prove_itself(agent, bot):
    page = agent("admin")
    page.get_by_role("link", name="Каналы").click()
    page.locator(".catalogue__item", has_text="Telegram").click()
    page.locator("input[name=token]").fill(bot.token)
    page.get_by_role("button", name="Проверить").click()
    expect(page.get_by_text("Платформа приняла наш адрес")).to_be_visible()
    expect(page.get_by_role("button", name="Дальше")).to_be_disabled()
    page.reload()
    bot("messages", person=610_001, text=WORDS)
    expect(page.get_by_text(f"Получили «{WORDS}» от вас")).to_be_visible()
    expect(page.get_by_text("Наш ответ отправлен")).to_be_visible()
    assert bot.token not in page.content()
    page.get_by_role("button", name="Дальше").click()
    page.locator("input[name=name]").fill("Столы")
    page.locator("main .button--primary").click()
    expect(page.get_by_text("Столы: канал подключён")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Открыть диалоги")).click()
    expect(page.locator(".conversation-row", has_text="ваше сообщение дошло").first).to_be_visible()


def test_a_bot_that_breaks_is_told_of_on_open_pages_and_comes_back(agent, bot):
    page = agent("admin")
    page.get_by_role("link", name="Каналы").click()
    page.locator(".catalogue__item", has_text="Telegram").click()
    page.locator("input[name=token]").fill(bot.token)
    page.locator("input[name=name]").fill("Ломкий")
    page.get_by_role("button", name="Проверить").click()
    page.get_by_role("button", name="Пропустить проверку").click()
    page.locator("main .button--primary").click()
    page.get_by_role("link", name=re.compile("^Настройки канала")).click()
    other = page.context.new_page()
    other.goto(page.url.partition("/channels/")[0] + "/channels/")
    card = other.locator(".channel-card", has_text="Ломкий")
    expect(card).to_contain_text("Работает")
    bot("faults", kind="unauthorized", count=50, methods="*")
    page.get_by_role("button", name="Проверить сейчас").click()
    expect(card).to_contain_text("Не отправляет с")
    expect(card.get_by_role("link", name="Войти заново")).to_be_visible()
    expect(other.locator("#rail_bell .count")).to_be_visible()
    bot("faults", "DELETE")
    page.get_by_role("button", name="Проверить сейчас").click()
    expect(card).to_contain_text("Работает")
    other.locator("a.rail__item", has_text="Новости").click()
    expect(other.get_by_text("Ломкий снова работает")).to_be_visible()

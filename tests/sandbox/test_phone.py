"""The phone page."""

import json
import secrets

import pytest

from sandbox.api.signing import headers_for
from tests.browser import find_browser
from tests.sandbox_max import MARIA as MAX_MARIA
from tests.sandbox_server import MARIA, wait_for
from tests.sandbox_vk import MARIA as VK_MARIA
from tests.sandbox_whatsapp import MARIA as WHATSAPP_MARIA


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


@pytest.fixture
def phone(sandbox):
    """`phone(address)`: a page of the sandbox in Russian; fails on errors of its scripts."""
    from playwright.sync_api import sync_playwright

    errors = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()))
        page = browser.new_page(locale="ru-RU")
        page.on("pageerror", lambda error: errors.append(str(error)))

        def go(address):
            page.goto(f"{sandbox.url}{address}")
            return page

        yield go
        browser.close()
    assert errors == []


@pytest.mark.browser
def test_edits_reactions_keyboards_and_deletions_are_seen(phone, sandbox, telegram_bot):
    from playwright.sync_api import expect

    def call(method, **facts):
        url = f"/bot{telegram_bot.token}/{method}"
        return sandbox.http.post(url, json={"chat_id": MARIA, **facts}).json()["result"]

    own = telegram_bot.say("Привет")["message_id"]
    page = phone(f"/?bot={telegram_bot.id}&person={MARIA}")
    expect(page.locator(".bubble")).to_have_count(1)
    keyboard = {"keyboard": [[{"text": "Дать номер", "request_contact": True}]]}
    asked = call(
        "sendMessage", text="Ваш номер?", reply_markup={**keyboard, "one_time_keyboard": True}
    )["message_id"]
    call("editMessageText", message_id=asked, text="Какой у вас номер?")
    expect(page.locator(f"[data-message='{asked}']")).to_contain_text("Какой у вас номер?")
    expect(page.locator(f"[data-message='{asked}']")).to_contain_text("изменено")
    call("setMessageReaction", message_id=own, reaction=[{"type": "emoji", "emoji": "🔥"}])
    expect(page.locator(f"[data-message='{own}'] .bubble__reactions")).to_have_text("🔥")
    page.get_by_role("button", name="Дать номер").click()
    expect(page.locator(".bubble--mine").last).to_contain_text("+79161234567")
    expect(page.get_by_role("button", name="Дать номер")).to_have_count(0)
    page.locator(f"[data-message='{asked}']").hover()
    page.locator(f"[data-message='{asked}']").get_by_role("button", name="Нравится").click()
    expect(page.locator(f"[data-message='{asked}'] .bubble__reactions")).to_have_text("👍")
    call("deleteMessage", message_id=asked)
    expect(page.locator(f"[data-message='{asked}']")).to_have_count(0)


@pytest.mark.browser
def test_business_accounts_and_groups_are_chats_of_their_own(phone, sandbox, telegram_bot):
    from playwright.sync_api import expect

    telegram_bot.say("Боту")
    page = phone(f"/?bot={telegram_bot.id}&person={MARIA}")
    page.get_by_label("Вы", exact=True).select_option("610002")
    page.get_by_role("button", name="Подключить бота к моему аккаунту").click()
    expect(page.get_by_label("Чат с").locator("option")).to_have_count(2)
    page.get_by_label("Вы", exact=True).select_option(str(MARIA))
    page.get_by_label("Чат с").select_option(label="Бизнес-аккаунт: Илья")
    expect(page.locator(".bubble")).to_have_count(0)
    page.get_by_label("Сообщение", exact=True).fill("Илья, платье есть?")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble--mine")).to_contain_text("Илья, платье есть?")
    (connection,) = telegram_bot.state()["connections"]
    assert telegram_bot.messages(connection=connection["id"])[0]["text"] == "Илья, платье есть?"
    page.get_by_label("Ему можно отвечать и читать").uncheck()
    telegram_bot.wait_for(lambda: not telegram_bot.state()["connections"][0]["rights"])
    page.locator(".bubble").hover()
    page.get_by_role("button", name="Удалить", exact=True).click()
    expect(page.locator(".bubble")).to_have_count(0)

    page.once("dialog", lambda dialog: dialog.accept("Клуб"))
    page.get_by_role("button", name="Новая группа", exact=True).click()
    page.get_by_label("Чат с").select_option(label="Группа: Клуб")
    expect(page.locator(".bubble--system")).to_contain_text("Добавлены")
    page.get_by_label("Писать как анонимный администратор").check()
    page.get_by_label("Сообщение", exact=True).fill("Правила")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble").last).to_contain_text("Правила")
    page.get_by_role("button", name="Сделать супергруппой").click()
    telegram_bot.wait_for(
        lambda: [group["type"] for group in telegram_bot.state()["groups"]] == ["supergroup"]
    )


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
        number = vk_community.answers(VK_MARIA)[0]["conversation_message_id"]
        place = {"peer_id": VK_MARIA, "cmid": number}
        vk_community.call("messages.edit", message="Да, одно", **place)
        expect(page.locator(".bubble").last).to_contain_text("изменено")
        first = {"peer_id": VK_MARIA, "cmid": 1}
        vk_community.call("messages.sendReaction", reaction_id=1, **first)
        expect(page.locator(".bubble__reactions")).to_have_text("❤")
        vk_community.call("messages.markAsRead", peer_id=VK_MARIA, up_to_cmid=2)
        expect(page.locator(".bubble--mine").last).to_contain_text("прочитано")
        vk_community.call("messages.delete", peer_id=VK_MARIA, cmids=number, delete_for_all=1)
        expect(page.get_by_text("Да, одно")).to_have_count(0)
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


def test_whatsapp_has_a_tab_of_its_own(sandbox):
    page = sandbox.http.get("/whatsapp", headers={"Accept-Language": "ru"})
    assert "Новый номер" in page.text
    assert "{{" not in page.text
    for other in ("/", "/vk", "/max"):
        assert 'href="/whatsapp"' in sandbox.http.get(other).text


@pytest.mark.browser
def test_a_customer_of_whatsapp_chats_on_the_phone(sandbox, whatsapp_number):
    from playwright.sync_api import expect, sync_playwright

    whatsapp_number.say("Привет")
    whatsapp_number.call("POST", f"{whatsapp_number.waba_id}/subscribed_apps")
    whatsapp_number.make_template("hello", "Здравствуйте", "PENDING")
    buttons = [{"type": "reply", "reply": {"id": "buy", "title": "Беру"}}]
    interactive = {"type": "button", "body": {"text": "Да, <b>есть</b>"}}
    interactive["action"] = {"buttons": buttons}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()))
        page = browser.new_page(locale="ru-RU")
        page.goto(f"{sandbox.url}/whatsapp?account={whatsapp_number.id}&person={WHATSAPP_MARIA}")
        page.get_by_label("Сообщение", exact=True).fill("Платье есть?")
        page.keyboard.press("Enter")
        expect(page.locator(".bubble--mine").last).to_contain_text("Платье есть?")
        whatsapp_number.send(type="interactive", interactive=interactive)
        expect(page.locator(".bubble").last).to_contain_text("<b>есть</b>")
        page.get_by_role("button", name="Беру").click()
        expect(page.locator(".bubble--mine").last).to_contain_text("Беру")
        page.get_by_role("button", name="Одобрить").click()
        expect(page.locator("#templates")).to_contain_text("hello (ru): APPROVED")
        page.get_by_label("Окно 24 часа").select_option("closed")
        wait_for(lambda: whatsapp_number.state()["window"] == "closed")
        browser.close()


def test_another_system_has_a_tab_of_its_own(sandbox):
    page = sandbox.http.get("/api", headers={"Accept-Language": "ru"})
    assert "Другая система" in page.text
    assert "{{" not in page.text
    assert 'href="/api"' in sandbox.http.get("/vk").text


@pytest.mark.browser
def test_a_customer_of_another_system_chats_on_the_phone(sandbox, other_system):
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()))
        page = browser.new_page(locale="ru-RU")
        page.goto(f"{sandbox.url}/api?system={other_system.name}")
        expect(page.locator("#callback")).to_have_text(other_system.callback_url)
        expect(page.get_by_label("Секрет")).to_have_value(other_system.secret)
        page.get_by_label("Сообщение", exact=True).fill("Платье <b>есть</b>?")
        page.keyboard.press("Enter")
        expect(page.locator(".bubble--mine").last).to_contain_text("Платье <b>есть</b>?")
        buttons = [[{"label": "Беру", "action": "reply", "value": "buy"}]]
        tell(other_system, "message", message={"text": "Да", "buttons": buttons, "id": "1"})
        page.get_by_role("button", name="Беру").click()
        expect(page.locator(".bubble--mine").last).to_contain_text("Беру")
        (ours,) = other_system.answers()
        tell(other_system, "edit", message={"id": ours["id"], "text": "Да, одно"})
        expect(page.locator(".bubble").nth(1)).to_contain_text("изменено")
        tell(other_system, "typing", chat="maria")
        expect(page.get_by_text("печатает…")).to_be_visible()
        tell(other_system, "delete", chat="maria", messages=[ours["id"]])
        expect(page.get_by_text("Да, одно")).to_have_count(0)
        page.get_by_role("button", name="Включить").click()
        expect(page.locator("#active")).to_contain_text("429")
        browser.close()


def tell(system, event, **body):
    """Post an event as Tandem would; its answer."""
    if "message" in body:
        body["message"] = {"chat": "maria", **body["message"]}
    raw = json.dumps({"event": event, **body}).encode()
    headers = {**headers_for(system.secret, raw), "Idempotency-Key": secrets.token_hex(8)}
    answer = system.sandbox.http.post(system.callback_url, content=raw, headers=headers)
    assert answer.status_code == 200
    return answer.json()

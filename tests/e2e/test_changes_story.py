"""An agent changes what was said; colleagues and the customer see it at once."""

import re

from playwright.sync_api import expect

from tests.config.launched import wait_until
from tests.e2e.test_website_story import visitor, write

__all__ = ["visitor"]

QUESTION = "Здравствуйте! «Соловки» бывают с ящиком для белья?"
WRONG = "Да, ящик на 200 литров."
RIGHT = "Да, ящик на 210 литров."


def address(page):
    """Of the open conversation, once the browser has it."""
    expect(page).to_have_url(re.compile(r"/inbox/[0-9a-f-]{36}/"))
    return page.url


def choose(bubble, name):
    """Open the message's menu and choose from it."""
    menu = bubble.page.locator("#message_menu")
    more = bubble.get_by_role("button", name="Что сделать с сообщением")
    bubble.hover()
    assert wait_until(lambda: more.click() or menu.is_visible())
    menu.get_by_text(name, exact=True).click()


def test_a_message_is_edited_reacted_to_and_deleted_before_everybodys_eyes(
    agent, manager, visitor, answer
):
    page = manager
    write(visitor, QUESTION)
    page.locator(".conversation-row", has_text="Соловки").click()
    asked = page.locator(".message", has_text=QUESTION)
    expect(asked).to_be_visible()
    colleague = agent("admin")
    colleague.goto(address(page))
    answer(page, WRONG)
    chat = visitor.chat.locator("#log")
    expect(chat).to_contain_text(WRONG)

    said = page.locator(".message--ours", has_text="литров")
    expect(said).to_have_attribute("data-known", "")
    choose(said, "Изменить")
    page.locator("#message_edit_text").fill(RIGHT)
    page.locator("#message_edit_text").press("Control+Enter")
    for place in (chat, page.locator(".thread"), colleague.locator(".thread")):
        expect(place).to_contain_text(RIGHT)
        expect(place).not_to_contain_text(WRONG)
    expect(said).to_contain_text("изменено")

    choose(asked, "👍")
    for place in (chat, colleague.locator(".message", has_text=QUESTION)):
        expect(place).to_contain_text("👍")

    choose(said, "Удалить")
    page.locator("#confirm").get_by_role("button", name="Удалить").click()
    expect(chat).not_to_contain_text(RIGHT)
    gone = re.compile("Сообщение удалено · ")
    for window in (page, colleague):
        expect(window.locator(".message--deleted")).to_contain_text(gone)
    expect(page.locator("#message_menu")).to_be_hidden()


def test_an_answer_that_the_news_has_overtaken_brings_nothing_old_back(manager, visitor, answer):
    page, held = manager, []
    write(visitor, "Сколько стоит «Кижи»?")
    page.locator(".conversation-row", has_text="Кижи").click()
    expect(page.locator(".message", has_text="Кижи")).to_be_visible()
    answer(page, "40 тысяч.")
    said = page.locator(".message--ours", has_text="тысяч")
    expect(said).to_have_attribute("data-known", "")
    page.route("**/edit/", lambda route: held.append((route, route.fetch())))
    choose(said, "Изменить")
    page.locator("#message_edit_text").fill("48 тысяч.")
    page.locator("#message_edit_text").press("Control+Enter")
    expect(said).to_contain_text("изменено")
    assert wait_until(lambda: page.wait_for_timeout(10) or held)
    [(route, response)] = held
    assert "48 тысяч" in response.text()
    with page.expect_response("**/edit/"):
        route.fulfill(response=response)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    expect(page.locator("#message_edit_text")).to_be_hidden()
    expect(said).to_contain_text("изменено")
    expect(said).not_to_contain_text("изменяется")


def test_the_menu_is_worked_by_keys_and_by_a_long_press(manager, visitor, agent):
    page = manager
    write(visitor, "Есть ли «Валаам» в наличии?")
    page.locator(".conversation-row", has_text="Валаам").click()
    more = page.locator(".message", has_text="Валаам").get_by_role(
        "button", name="Что сделать с сообщением"
    )
    menu = page.locator("#message_menu")
    more.focus()
    # The page's scripts may arrive after the first key.
    assert wait_until(lambda: more.press("Enter") or menu.is_visible())
    expect(menu.get_by_role("menuitem", name="Ответить")).to_be_focused()
    menu.press("ArrowDown")
    expect(menu.get_by_role("menuitem", name="Копировать текст")).to_be_focused()
    menu.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(menu).to_be_hidden()
    expect(page.locator(".composer__quote")).to_contain_text("Валаам")

    phone = agent("manager", viewport={"width": 390, "height": 844}, has_touch=True)
    phone.goto(address(page))
    bubble = phone.locator(".message", has_text="Валаам")
    press_long(phone, bubble)
    expect(phone.locator("#message_menu")).to_be_visible()


def press_long(page, bubble):
    """A finger that stays where it is, as Chrome's own protocol says it."""
    box = bubble.locator(".message__text").bounding_box()
    point = {"x": box["x"] + 5, "y": box["y"] + 5}
    wire = page.context.new_cdp_session(page)
    wire.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(page.locator("#message_menu")).to_be_visible()
    wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

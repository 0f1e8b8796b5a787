"""The agent's screen: two colleagues, a broken line, the keyboard, a phone."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from demo.seed import DEMO_BOT
from tests.sandbox_server import Sandbox

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


class Customer:
    """Somebody new who writes to the demo's bot."""

    def __init__(self, site) -> None:
        self.bot = Sandbox(site.sandbox).bot(DEMO_BOT)
        self.id = 700_000 + secrets.randbelow(100_000)

    def say(self, text):
        self.last = text
        return self.bot.say(text, person=self.id)

    def heard(self):
        return self.bot.texts(self.id)


@pytest.fixture
def customer(site):
    made = Customer(site)
    yield made
    made.bot.heal()


def row_of(page, customer):
    return page.locator(".conversation-row", has_text=customer.last)


def open_conversation(page, customer):
    """Find the customer in the list and open them; returns the thread."""
    page.goto("/w/sever/inbox/?view=all")
    row_of(page, customer).click()
    thread = page.locator(".thread")
    expect(thread).to_contain_text(customer.last)
    expect(page.locator(".composer")).not_to_have_attribute("aria-busy", "true")
    return thread


def write(page, text, keys="Enter"):
    page.locator("#composer_text").fill(text)
    page.locator("#composer_text").press(keys)


def test_two_agents_see_the_same_conversation_live(agent, customer):
    customer.say(f"Добрый день, есть ли «Ладога»? {customer.id}")
    marina, ilya = agent("manager"), agent("admin")
    threads = [open_conversation(page, customer) for page in (marina, ilya)]
    for thread in threads:
        expect(thread).to_contain_text("есть ли «Ладога»")

    marina.locator("#composer_text").press_sequentially("Сейчас", delay=30)
    expect(ilya.locator(".composer__presence")).to_contain_text("Марина Орлова пишет ответ")

    write(marina, "Да, есть две", "Control+Enter")
    for thread in threads:
        expect(thread.locator(".message--ours")).to_have_count(1)
        expect(thread).to_contain_text("Да, есть две")
        expect(thread.locator(".message__status").last).to_have_attribute("title", "Отправлено")
    customer.bot.wait_for(lambda: customer.heard() == ["Да, есть две"])
    # Who answers a new conversation has it, and both see whose it is now.
    for page in (marina, ilya):
        expect(
            page.locator(".thread-head [aria-label='Ответственный: Марина Орлова']")
        ).to_be_visible()

    customer.say("Отлично")
    for thread in threads:
        expect(thread).to_contain_text("Отлично")
    expect(row_of(ilya, customer)).to_be_visible()


def test_a_note_stays_among_colleagues(agent, customer):
    customer.say(f"Позвоните мне {customer.id}")
    page = agent("manager")
    thread = open_conversation(page, customer)
    page.keyboard.press("n")
    expect(page.locator(".composer--note")).to_be_visible()
    write(page, "Просил звонить после шести")
    expect(thread.locator(".message--note")).to_contain_text("Просил звонить после шести")
    expect(page.locator(".composer--note")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator(".composer--note")).to_have_count(0)
    write(page, "Позвоним")
    customer.bot.wait_for(customer.heard)
    assert customer.heard() == ["Позвоним"]


def test_what_is_written_without_a_connection_goes_out_once_it_is_back(agent, window, customer):
    customer.say(f"Сколько стоит доставка? {customer.id}")
    page = agent("manager")
    thread = open_conversation(page, customer)
    window.tolerant = True  # the browser complains of the missing line itself
    page.context.set_offline(True)
    write(page, "Бесплатно от 50 000 ₽")
    bubble = thread.locator(".message--ours")
    expect(bubble).to_contain_text("Нет связи")
    assert customer.heard() == []
    page.context.set_offline(False)
    expect(bubble.locator(".message__failure")).to_have_count(0)
    expect(bubble).to_have_count(1)
    customer.bot.wait_for(customer.heard)
    assert customer.heard() == ["Бесплатно от 50 000 ₽"]


def test_a_page_that_was_away_catches_up(agent, window, customer):
    customer.say(f"Первое {customer.id}")
    page = agent("manager")
    thread = open_conversation(page, customer)
    expect(thread).to_contain_text("Первое")
    window.tolerant = True  # the browser complains of the missing line itself
    page.context.set_offline(True)
    for number in range(2, 6):
        customer.say(f"Сообщение {number}")
    page.context.set_offline(False)
    for number in range(2, 6):
        expect(thread.locator(".message", has_text=f"Сообщение {number}")).to_have_count(1)
    texts = thread.locator(".message__text").all_inner_texts()
    assert texts[0].startswith("Первое")
    assert texts[1:] == [f"Сообщение {number}" for number in range(2, 6)]


def test_a_failed_message_says_why_and_can_be_sent_again(agent, customer):
    customer.say(f"Вы тут? {customer.id}")
    page = agent("manager")
    thread = open_conversation(page, customer)
    customer.bot.fault("blocked", chat_id=str(customer.id), methods="sendMessage")
    write(page, "Да")
    bubble = thread.locator(".message--ours")
    expect(bubble).to_contain_text("Не отправлено")
    customer.bot.heal()
    bubble.get_by_role("button", name="Повторить").click()
    expect(bubble.locator(".message__failure")).to_have_count(0)
    expect(bubble.locator(".message__status")).to_have_attribute("title", "Отправлено")
    assert customer.heard() == ["Да"]


def test_what_is_typed_survives_a_reload_and_another_conversation(agent, customer):
    customer.say(f"Здравствуйте {customer.id}")
    page = agent("manager")
    open_conversation(page, customer)
    page.locator("#composer_text").fill("Недописанный ответ")
    here = page.url
    page.locator(".conversation-row:not([aria-current])").first.click()
    expect(page.locator("#composer_text")).to_have_value("")
    expect(page).not_to_have_url(here)
    page.go_back()
    expect(page.locator("#composer_text")).to_have_value("Недописанный ответ")
    page.reload()
    expect(page.locator("#composer_text")).to_have_value("Недописанный ответ")


def test_a_file_goes_with_a_message(agent, customer, tmp_path):
    customer.say(f"Пришлите смету {customer.id}")
    page = agent("manager")
    thread = open_conversation(page, customer)
    file = tmp_path / "Смета.txt"
    file.write_text("96 400 ₽", encoding="utf-8")
    page.locator(".composer input[type=file]").set_input_files(file)
    expect(page.locator(".draft-file")).to_contain_text("Смета.txt")
    write(page, "Вот она")
    expect(page.locator(".draft-file")).to_have_count(0)
    expect(thread.locator(".message--ours .file")).to_contain_text("Смета.txt")
    customer.bot.wait_for(customer.heard)
    assert "document" in customer.bot.answers(customer.id)[0]


def test_the_keyboard_does_it_all(agent, customer):
    customer.say(f"Добрый вечер, {customer.id}")
    page = agent("manager")
    page.goto("/w/sever/inbox/?view=all")
    expect(page.locator(".conversation-row", has_text=customer.last)).to_be_visible()
    expect(page.locator("[data-controller~=hotkeys]")).not_to_have_attribute("aria-busy", "true")
    page.keyboard.press("j")
    first = page.locator(".conversation-row[aria-current]")
    expect(page.locator("#composer_text")).to_be_visible()
    top = first.get_attribute("id")
    page.keyboard.press("j")
    expect(page.locator(f"#{top}[aria-current]")).to_have_count(0)
    page.keyboard.press("k")
    expect(page.locator(f"#{top}[aria-current]")).to_have_count(1)

    page.keyboard.press("Control+k")
    page.keyboard.type(customer.last)
    expect(page.locator("#jump .menu__item--active")).to_contain_text(customer.last)
    page.keyboard.press("Enter")
    expect(page.locator("#jump")).to_be_hidden()  # what was typed last may still be looked for
    expect(page.locator(".thread")).to_contain_text(customer.last)
    # It may have been open already: a key would otherwise meet the head that is about to go.
    expect(page.locator("turbo-frame[busy]")).to_have_count(0)

    page.keyboard.press("a")
    assigned = page.locator(".thread-head [aria-label='Ответственный: Марина Орлова']")
    expect(assigned).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator("#composer_text")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Открыть снова")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#inbox_search input[type=search]")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator(".thread").click()
    page.keyboard.press("?")
    expect(page.locator("#hotkeys")).to_contain_text("Следующий диалог")


def test_whoever_scrolls_back_is_not_torn_away_by_news(agent, customer):
    first, *_ = [customer.say(f"Строка {number:02} {customer.id}") for number in range(60)]
    page = agent("manager")
    thread = open_conversation(page, customer)
    expect(thread).to_contain_text("Строка 59")

    # It was opened where the unread begins; once answered, it is opened at its end.
    customer.last = f"Слушаю {customer.id}"
    write(page, customer.last)
    customer.bot.wait_for(customer.heard)
    thread = open_conversation(page, customer)
    expect(thread).not_to_contain_text("Строка 00")

    # What is changed far above waits for its place, and stands there once.
    customer.bot.control("edits", person=customer.id, message_id=first["message_id"], text="Первая")
    customer.say("Последняя")
    # The thread is held at its end until that is shown.
    expect(thread.get_by_text("Последняя")).to_be_in_viewport()
    expect(thread).not_to_contain_text("Первая")
    thread.get_by_text("Более ранние сообщения").scroll_into_view_if_needed()
    expect(thread).to_contain_text("Строка 01")
    lines = thread.locator(".message__text").all_inner_texts()
    assert [line.split()[1] for line in lines[1:60]] == [f"{number:02}" for number in range(1, 60)]
    assert (lines[0], *lines[61:]) == ("Первая", "Последняя")

    page.wait_for_timeout(300)
    place = "() => Math.round(document.querySelector('.message').getBoundingClientRect().top)"
    before = page.evaluate(place)
    customer.say("Свежая новость")
    expect(page.locator(".thread-foot__jump .count")).to_have_text("1")
    assert abs(page.evaluate(place) - before) < 4
    page.locator(".thread-foot__jump").click()
    expect(page.locator(".thread-foot__jump")).to_be_hidden()
    expect(thread.get_by_text("Свежая новость")).to_be_in_viewport()


def test_a_conversation_that_is_given_away_closes_for_who_may_not_see_it(agent, window, customer):
    customer.say(f"Скрипит дверца {customer.id}")
    window.tolerant = True  # the browser notes the 404 that the page expects
    vera, marina = agent("service"), agent("manager")
    open_conversation(vera, customer)
    open_conversation(marina, customer)
    marina.locator(".thread-head [popovertarget=assignment_menu]").first.click()
    marina.locator("#assignment_menu").get_by_role("button", name="Продажи").click()
    expect(vera.locator(".toast")).to_contain_text("вам больше не виден")
    expect(vera.locator(".pane--thread")).to_contain_text("Выберите диалог")
    expect(row_of(vera, customer)).to_have_count(0)
    expect(marina.locator(".thread__fact").last).to_contain_text("Продажи")


def test_on_a_phone_there_are_three_screens(agent, customer):
    customer.say(f"Привет с телефона {customer.id}")
    page = agent("manager", **PHONE)
    page.goto("/w/sever/inbox/?view=all")
    expect(page.locator(".rail")).to_be_visible()
    row_of(page, customer).tap()
    expect(page.locator("#composer_text")).to_be_visible()
    expect(page.locator("#conversations")).to_be_hidden()
    expect(page.locator(".rail")).to_be_hidden()

    page.locator("#composer_text").fill("Ответ с телефона")
    page.get_by_role("button", name="Отправить", exact=True).tap()
    expect(page.locator(".message--ours")).to_contain_text("Ответ с телефона")
    # Whoever answers takes the conversation, and its head is drawn anew.
    expect(page.locator(".thread-head").get_by_role("button", name="Взять")).to_have_count(0)

    page.locator(".thread-head").get_by_role("button", name="Карточка клиента").tap()
    expect(page.locator(".card-head__name")).to_be_visible()
    expect(page.locator("#composer_text")).to_be_hidden()
    page.locator(".card-bar button").tap()
    page.locator(".thread-head").get_by_role("link", name="К списку").tap()
    expect(page.locator("#conversations")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/inbox/\?view=all$"))
    small = page.evaluate(
        """() => [...document.querySelectorAll('.pane--list button, .rail a, .rail button')]
            .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44)
            .map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert small == []

"""The main story: a visitor writes on the website, an agent answers, both see it at once."""

import re

import pytest
from playwright.sync_api import expect

QUESTION = "Здравствуйте! Привезёте «Ладогу» в Выборг?"
ANSWER = "Добрый день! Привезём в субботу, сборка бесплатно."


@pytest.fixture
def visitor(window):
    """A visitor of the shop with the chat open; the frame of the chat is `visitor.chat`."""
    page = window()
    page.goto("/demo/")
    page.locator("#buy").click()
    page.chat = page.frame_locator("iframe")
    expect(page.chat.locator("#text")).to_be_visible()
    return page


def write(visitor, text):
    visitor.chat.locator("#text").fill(text)
    visitor.chat.locator("#send").click()


def test_a_visitor_asks_and_an_agent_answers(manager, visitor, answer):
    page = manager
    write(visitor, QUESTION)

    row = page.locator(".conversation-row", has_text="Выборг")
    expect(row).to_be_visible()  # without a reload
    row.click()
    expect(page.locator(".message", has_text=QUESTION)).to_be_visible()

    answer(page, ANSWER)
    expect(page.locator(".message", has_text=ANSWER)).to_have_count(1)
    expect(visitor.chat.locator("#log")).to_contain_text(ANSWER)

    visitor.reload()
    visitor.locator("#buy").click()
    chat = visitor.frame_locator("iframe")
    expect(chat.locator("#log")).to_contain_text(QUESTION)
    expect(chat.locator("#log")).to_contain_text(ANSWER)


def test_the_agent_accepts_and_closes_and_the_visitor_comes_back(manager, visitor):
    page = manager
    write(visitor, "Есть ли «Кижи» в наличии?")
    page.locator(".conversation-row", has_text="Кижи").click()
    page.get_by_role("button", name=re.compile("^Взять")).first.click()
    expect(page.get_by_role("button", name=re.compile("^Закрыть")).first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Закрыть")).first.click()
    again = re.compile("^(Вернуть|Открыть|Взять)")
    expect(page.get_by_role("button", name=again).first).to_be_visible()
    write(visitor, "И ещё вопрос: какая глубина?")
    expect(page.locator(".message", has_text="какая глубина")).to_be_visible()

"""A customer with a phone, and what happens when things break between them and the agent."""

import os
import signal

import pytest
from playwright.sync_api import expect

from tests.config.launched import wait_until


@pytest.fixture
def phone(window, site):
    """The sandbox's phone page: a new customer of the demo's bot."""
    page = window()
    page.goto(site.sandbox)
    expect(page.locator("#bot option")).not_to_have_count(0)
    page.locator("#new-person").click()
    return page


def write(phone, text):
    phone.locator("#text").fill(text)
    phone.locator("#text").press("Enter")
    expect(phone.locator("#feed")).to_contain_text(text)


def test_a_customer_writes_from_a_phone_and_gets_an_answer(phone, manager, answer):
    write(phone, "Сколько стоит «Онега» в велюре?")
    manager.locator(".conversation-row", has_text="Онега").click()
    expect(manager.locator(".message", has_text="в велюре")).to_be_visible()
    answer(manager, "38 400 рублей, велюр входит в цену.")
    expect(phone.locator("#feed")).to_contain_text("велюр входит в цену")
    expect(manager.locator(".message", has_text="велюр входит")).to_have_count(1)


def test_an_open_page_survives_a_restart_of_the_web_process(phone, manager, site, window):
    write(phone, "А доставка в Псков есть?")
    manager.locator(".conversation-row", has_text="Псков").click()
    expect(manager.locator(".message", has_text="Псков")).to_be_visible()
    window.tolerant = True  # browsers complain about a server that is away
    before = site.find("tandem web")
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: site.get("/readyz") == 200)
    write(phone, "И подъём на этаж?")
    expect(manager.locator(".message", has_text="подъём на этаж")).to_have_count(1)

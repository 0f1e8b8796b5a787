"""Coming in."""

import re

from playwright.sync_api import expect


def test_an_agent_logs_in_and_stands_in_the_inbox(agent):
    page = agent()
    expect(page).to_have_url(re.compile(r"/w/sever/inbox/"))


def test_a_wrong_password_is_told_and_opens_nothing(window):
    page = window()
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("agent@demo.tandem.local")
    page.locator("input[name=password]").fill("something else")
    page.locator("input[name=password]").press("Enter")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    expect(page.locator("body")).to_contain_text(re.compile("парол", re.IGNORECASE))

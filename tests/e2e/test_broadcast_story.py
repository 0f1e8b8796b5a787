"""A marketer finds people, writes to them at once, and sees the message arrive."""

import re

import httpx
from playwright.sync_api import expect

from demo.seed import DEMO_BOT

NAME = "Велимира"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def control(site, path, verb="POST", **facts):
    address = f"{site.sandbox}/telegram/{DEMO_BOT}/control/{path}"
    return httpx.request(verb, address, json=facts or None, trust_env=False).json()["result"]


def onward(page):
    page.locator(".wizard__foot .button--primary").click()


def test_from_a_segment_to_a_launched_broadcast(agent, site):
    person = control(site, "people", first_name=NAME)["id"]
    control(site, "messages", person=person, text="Расскажите о тканях")

    # People are found by a filter among the contacts, which is kept as a segment.
    page = agent("marketer")
    page.get_by_role("link", name="Клиенты").click()
    expect(page.locator(".toolbar output")).to_have_text(re.compile(r"клиент"))
    page.get_by_role("button", name="Фильтр").click()
    leaf = page.locator("[data-leaf]").first
    leaf.get_by_label("Поле").select_option("name")
    leaf.get_by_role("textbox").fill(NAME)
    page.get_by_role("button", name="Показать").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Сохранить как сегмент").click()
    expect(page.locator("#reach")).to_contain_text("из 1")
    page.get_by_label("Название").fill("О тканях")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("tbody")).to_contain_text(NAME)

    page.get_by_role("link", name="Рассылка", exact=True).click()
    page.get_by_label("Название рассылки").fill("Образцы")
    expect(page.get_by_label("Сегмент", exact=True)).to_contain_text("О тканях")
    onward(page)
    page.wait_for_url(re.compile("/channels/$"))
    expect(page.locator("#split")).to_contain_text("из 1")
    onward(page)
    page.wait_for_url(re.compile("/message/$"))
    page.locator("#text").fill(", образцы готовы.")
    page.locator("#text").press("Home")
    page.get_by_role("button", name="Переменная").first.click()
    page.get_by_role("button", name="Имя", exact=True).click()
    page.get_by_role("button", name="Кнопка", exact=True).click()
    page.get_by_label("Надпись на кнопке").fill("Привозите")
    phone = page.locator(".phone-preview")
    expect(phone).to_contain_text(f"{NAME}, образцы готовы.")
    expect(phone.locator(".phone-preview__button")).to_have_text("Привозите")

    # A draft is found again where it was left, also on a phone.
    page.get_by_role("button", name="Дальше").click()
    page.wait_for_url(re.compile("/schedule/$"))
    small = agent("marketer", **PHONE)
    small.goto("/w/sever/broadcasts/?status=draft&q=Образцы")
    small.get_by_role("link", name="Образцы", exact=True).click()
    small.get_by_role("link", name="Текст").click()
    expect(small.locator("#text")).to_have_value(re.compile("образцы готовы"))
    assert small.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.get_by_label("Сразу", exact=True).check()
    onward(page)
    expect(page.get_by_text("Получит 1 клиент").first).to_be_visible()
    page.get_by_role("button", name="Запустить").click()
    page.locator("#confirm button[value=act]").click()
    page.wait_for_url(re.compile(r"/broadcasts/[\w-]+/$"))

    page.goto("/w/sever/broadcasts/?q=Образцы")
    row = page.locator("tbody tr", has_text="О тканях")
    # The broadcaster steps back for whoever else needs the machine.
    expect(row).to_contain_text("1 из 1", timeout=60_000)
    chats = control(site, "state", "GET")["chats"]
    [chat] = [one for one in chats if one["chat"]["id"] == person]
    [text] = [one["text"] for one in chat["messages"] if "образцы" in one.get("text", "")]
    assert text.startswith(f"{NAME}, образцы готовы.")
    assert "стоп" in text

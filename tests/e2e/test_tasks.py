"""A task from the first word to the last: beside the chat, on the day's page, by keys."""

import re

from playwright.sync_api import expect


def test_an_agent_keeps_their_day_by_the_keyboard(agent):
    anna, colleague = agent("agent"), agent("agent")
    anna.goto("/w/sever/inbox/?view=all")
    anna.locator(".conversation-row", has_text="Жанна Исаева").click()
    panel = anna.locator("#card_tasks")
    panel.get_by_role("button", name="Добавить задачу").click()
    panel.get_by_label("Что сделать").fill("Позвонить Жанне завтра в 15:00")
    panel.get_by_role("button", name="Добавить", exact=True).click()
    row = panel.locator(".task", has_text="Позвонить Жанне")
    expect(row).to_contain_text("Завтра до 15:00")

    colleague.goto("/w/sever/tasks/")
    expect(colleague.locator("[data-controller~=hotkeys]")).not_to_have_attribute(
        "aria-busy", "true"
    )
    tomorrow = colleague.locator(".task-group", has=colleague.locator("#tasks_tomorrow_title"))
    expect(tomorrow.locator(".task", has_text="Позвонить Жанне")).to_be_visible()

    # A new one is on the other screen at once, and the list is walked and worked by keys.
    colleague.keyboard.press("n")
    expect(colleague.locator("#quick_text")).to_be_focused()
    colleague.keyboard.type("Заказать ткань сегодня")
    colleague.keyboard.press("Enter")
    today = colleague.locator(".task-group", has=colleague.locator("#tasks_today_title"))
    ours = today.locator(".task", has_text="Заказать ткань")
    expect(ours).to_be_visible()
    expect(colleague.locator("#quick_text")).to_have_value("")
    # At once: the news of the task draws the list anew, maybe between a focus and a key.
    ours.press("t")
    expect(tomorrow.locator(".task", has_text="Заказать ткань")).to_be_visible()

    moved = tomorrow.locator(".task", has_text="Заказать ткань")
    moved.drag_to(today.locator(".task-group__title"))
    expect(ours).to_be_visible()
    ours.press("x")
    colleague.keyboard.type("Заказана у поставщика")
    colleague.keyboard.press("Enter")
    expect(ours).to_have_count(0)
    colleague.locator("#tasks_done summary").click()
    done = colleague.locator("#tasks_done .task", has_text="Заказать ткань")
    expect(done).to_contain_text("Заказана у поставщика")

    # What a colleague does to it is seen beside the chat without a reload.
    colleague.get_by_role("button", name="Выполнить: Позвонить Жанне").click()
    colleague.keyboard.press("Enter")
    expect(panel.locator(".task:not(.task--done)", has_text="Позвонить Жанне")).to_have_count(0)
    expect(anna.locator("#rail_tasks .count")).to_have_attribute(
        "aria-label", re.compile("сегодня")
    )

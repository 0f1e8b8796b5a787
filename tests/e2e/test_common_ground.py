"""A dispute from its beginning to its end: refused, contested, decided, and seen by everybody."""

from playwright.sync_api import expect


def test_a_lead_is_contested_and_comes_back_to_work(agent):
    marketer, head = agent("marketer"), agent("manager")
    marketer.goto("/w/sever/reports/ground/refusals/?view=waiting")
    waiting = marketer.locator(".dispute", has_text="Олег Рябинин")
    expect(waiting).to_contain_text("Сколько стоит вообще?")

    # The head reads the same page, and hears of the contest without a reload.
    head.goto("/w/sever/reports/ground/refusals/?view=contested")
    expect(head.locator(".dispute", has_text="Марат Юсупов")).to_be_visible()
    expect(head.locator(".dispute", has_text="Олег Рябинин")).to_have_count(0)
    waiting.get_by_text("Не согласиться", exact=True).click()
    waiting.get_by_label("Почему это лид").fill("Спросил цену: ответить прайсом")
    waiting.get_by_role("button", name="Не согласиться с отказом").click()
    expect(marketer.locator(".dispute", has_text="Олег Рябинин")).to_have_count(0)
    contested = head.locator(".dispute", has_text="Олег Рябинин")
    expect(contested).to_contain_text("Спросил цену: ответить прайсом")

    contested.get_by_role("button", name="Вернуть в работу").click()
    expect(head.locator(".dispute", has_text="Олег Рябинин")).to_have_count(0)
    head.goto("/w/sever/reports/ground/refusals/?view=settled")
    settled = head.locator(".dispute", has_text="Олег Рябинин")
    expect(settled).to_contain_text("Отменён")
    settled.get_by_role("link", name="Олег Рябинин").click()
    expect(head.locator("body")).to_contain_text("Лид принят")

    # Every number of the common page opens what it counts.
    head.goto("/w/sever/reports/ground/")
    step = head.locator(".ground__steps li").first
    expect(step).to_contain_text("Лиды")
    step.locator("a").click()
    expect(head.locator("#sheet")).to_be_visible()
    expect(head.locator("#sheet table")).to_be_visible()

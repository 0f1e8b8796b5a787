"""A head reads the numbers: from the overview to the deal behind one of them."""

import re

from playwright.sync_api import expect


def test_a_head_goes_from_a_number_to_the_deal_behind_it(agent):
    head = agent("manager")
    head.get_by_role("link", name="Отчёты", exact=True).click()
    expect(head.locator(".kpi").first).to_be_visible()
    expect(head.locator(".report-chart__canvas[data-drawn] canvas").first).to_be_visible()

    # A chart says its points to who cannot see them, and has its table.
    chart = head.locator(".report-chart__canvas").first
    chart.focus()
    head.keyboard.press("End")
    expect(head.locator("[data-chart-target=spoken]").first).to_contain_text("Лиды: ")
    head.locator(".report-chart__data summary").first.click()
    expect(head.locator(".report-chart__data table").first).to_be_visible()
    with head.expect_download() as saved:
        head.get_by_role("button", name="PNG").first.click()
    assert saved.value.suggested_filename.endswith(".png")

    # A branch of the tree opens and closes.
    head.get_by_role("link", name="Маркетинг", exact=True).click()
    rows = head.locator(".report-table tbody tr")
    head.get_by_role("button", name="Раскрыть: VK").click()
    campaign = rows.filter(has_text="Кухни, ретаргетинг")
    expect(campaign).to_be_visible()
    head.get_by_role("button", name="Раскрыть: VK").click()
    expect(campaign).to_be_hidden()

    # A number tells how it is counted, and opens as many rows as it says.
    head.locator(".kpi", has_text="CPL").get_by_role("button").click()
    passport = head.locator("#passport_cpl")
    expect(passport).to_contain_text("Расход ÷ Лиды")
    head.keyboard.press("Escape")
    # So few that they stand on one page.
    telegram = rows.filter(has_text=re.compile(r"^\s*Telegram Ads"))
    cell = telegram.locator("a[href*='metric=leads']")
    count = int(cell.inner_text())
    cell.click()
    sheet = head.locator("#sheet")
    expect(sheet.locator("tbody tr")).to_have_count(count)
    expect(sheet).to_be_visible()
    head.keyboard.press("Escape")
    expect(sheet).to_be_hidden()

    # What is chosen is in the address: other columns, another order, another period.
    head.get_by_role("button", name="Колонки").click()
    columns = head.locator("#report_columns")
    columns.get_by_label("CTR", exact=True).uncheck()
    columns.get_by_role("button", name="Показать").click()
    expect(head).to_have_url(re.compile("columns=spend"))
    expect(head.locator(".report-table thead")).not_to_contain_text("CTR")
    head.locator(".report-table thead").get_by_role("link", name="Лиды", exact=True).click()
    expect(head.locator("th[aria-sort=descending]")).to_contain_text("Лиды")

    head.locator(".report-table tbody a[href*='metric=leads']").first.click()
    sheet.locator("tbody a").first.click()
    expect(head).to_have_url(re.compile(r"/funnel/deals/"))

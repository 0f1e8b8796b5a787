"""A marketer makes a series, sees where everybody is, and opens the people behind a figure."""

import re

from playwright.sync_api import expect

from tests.config.launched import wait_until


def test_from_a_new_series_to_the_people_in_it(agent):
    page, held = agent("marketer"), []
    # The script of the preview comes after the first words.
    page.route("**/phone_controller*", lambda route: held.append(route))
    page.goto("/w/sever/series/")
    page.get_by_role("link", name="Новая серия").first.click()
    page.get_by_label("Название").fill("Знакомство")
    page.get_by_label("Новый клиент").check()
    expect(page.get_by_label("Сегмент", exact=True)).to_be_hidden()
    page.get_by_label("Клиент написал").check()
    page.locator("input[name=channels]").first.check()
    page.get_by_role("button", name="Дальше: первый шаг").click()
    page.wait_for_url(re.compile("/steps/new/$"))
    page.locator("#text").fill("Здравствуйте! Это мастерская «Север».")
    assert wait_until(lambda: page.wait_for_timeout(10) or held)
    held[0].continue_()
    expect(page.locator(".phone-preview")).to_contain_text("Это мастерская")
    page.get_by_label("Подождать").fill("2")
    page.get_by_role("button", name="Сохранить").click()
    page.wait_for_url(re.compile(r"/series/[\w-]+/$"))
    expect(page.locator(".chain__step")).to_contain_text("2 дня")
    page.get_by_role("button", name="Запустить").click()
    expect(page.locator(".report__state")).to_contain_text("Работает")

    # The demo's own series has people at every step.
    page.goto("/w/sever/series/?q=замера")
    page.get_by_role("link", name="После замера").click()
    figure = page.locator(".chain__step").first.get_by_role("link", name="Отправлено")
    count = figure.locator("b").inner_text()
    figure.click()
    expect(page.locator("tbody tr")).to_have_count(int(count))
    page.go_back()
    page.get_by_role("link", name="Люди").click()
    expect(page.locator(".path").first).to_be_visible()

    # A finished broadcast: a figure, its people, and the chat of one of them.
    page.goto("/w/sever/broadcasts/?status=done")
    page.get_by_role("link", name="Осенние цены на диваны").click()
    figure = page.locator("a.kpi", has_text="Прочитано")
    count = figure.locator(".kpi__value").inner_text()
    figure.click()
    expect(page.locator("tbody tr")).to_have_count(int(count))
    page.locator("tbody tr th a").first.click()
    page.wait_for_url(re.compile("/inbox/"))

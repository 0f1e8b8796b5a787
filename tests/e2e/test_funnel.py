"""The funnel on the screen: by mouse with a second window, by keyboard, on a phone."""

import re

from playwright.sync_api import expect

from tests.config.launched import wait_until

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def board(page):
    page.goto("/w/sever/funnel/")
    expect(page.locator("live-source[state=connected]")).to_be_attached()
    expect(page.locator(".funnel #board")).to_be_visible()
    expect(page.locator("#board")).to_have_attribute("data-board-ready", "true")
    return page.locator("#board")


def column(page, name):
    return page.locator(f".board__column[data-name='{name}']")


def card(page, name):
    return page.locator(".deal", has_text=name)


def drag(page, source, target):
    start, end = source.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + 40, start["y"] + 14)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 30, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 60, steps=12)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 64, steps=2)
    page.mouse.up()


def move(page, name, stage):
    card(page, name).locator(".deal__more").click()
    page.get_by_role("menuitem", name=stage).click()


def count(page, name):
    return int(column(page, name).locator(".board__name .count").inner_text())


def count_lost(page):
    words = page.locator(".board__end[data-name='Отказ']").inner_text()
    return int(re.search(r"(\d+) за", words)[1])


def test_a_card_dragged_here_moves_there_and_a_refusal_asks_why(agent):
    marina, ilya = agent("manager"), agent("admin")
    for page in (marina, ilya):
        board(page)
    here, there = (count(marina, name) for name in ("Квалификация", "Замер"))
    lost = count_lost(marina)
    drag(marina, card(marina, "Глеб Маслов"), column(marina, "Замер").locator(".board__cards"))
    for page in (marina, ilya):
        expect(column(page, "Замер").locator(".deal", has_text="Глеб Маслов")).to_be_visible()
        expect(column(page, "Замер").locator(".board__name .count")).to_have_text(str(there + 1))
        expect(column(page, "Квалификация").locator(".board__name .count")).to_have_text(
            str(here - 1)
        )

    drag(marina, card(marina, "Кирилл Панин"), marina.locator(".board__end[data-name='Отказ']"))
    dialog = marina.locator("#outcome_dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Дорого").check()
    dialog.get_by_role("button", name=re.compile("Закрыть")).click()
    for page in (marina, ilya):
        expect(card(page, "Кирилл Панин")).to_have_count(0)
    expect(marina.locator(".board__end[data-name='Отказ']")).to_contain_text(f"{lost + 1} за")
    marina.get_by_role("button", name="Отменить").click()
    for page in (marina, ilya):
        expect(column(page, "Предоплата").locator(".deal", has_text="Кирилл Панин")).to_be_visible()


def test_chosen_cards_stay_chosen_whatever_the_news(agent):
    page, other = agent("manager"), agent("manager")
    for window in (page, other):
        board(window)
    page.get_by_role("button", name="Выбрать несколько").click()
    bar, names = page.locator("#bulk"), ("Павел Соловьёв", "Софья Белова")
    for name in names:
        card(page, name).click()
    expect(bar).to_contain_text("Выбрано: 2")
    move(other, names[0], "Замер")
    expect(column(page, "Замер").locator(".deal--selected")).to_contain_text(names[0])
    move(other, names[1], "Оплачено")
    expect(card(page, names[1])).to_have_count(0)
    expect(bar).to_contain_text("Выбрано: 1")
    bar.get_by_role("button", name="Готово").click()
    expect(bar).to_be_hidden()
    expect(page.locator(".deal--selected")).to_have_count(0)


def test_by_keyboard_a_card_is_carried_dropped_and_put_back(agent):
    page = agent("manager")
    board(page)
    name = card(page, "Наталья Ким").locator(".deal__name")
    name.focus()
    name.press("Space")
    expect(page.locator("[data-board-keys-target=voice]")).to_contain_text("карточка взята")
    page.keyboard.press("ArrowRight")
    expect(column(page, "Замер").locator(".deal", has_text="Наталья Ким")).to_be_visible()
    page.keyboard.press("Escape")
    expect(column(page, "Квалификация").locator(".deal", has_text="Наталья Ким")).to_be_visible()
    expect(name).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    with page.expect_response(re.compile("/place/")) as stored:
        page.keyboard.press("Space")
    assert stored.value.status == 204
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Новый")).to_be_focused()
    page.keyboard.press("Escape")
    expect(name).to_be_focused()
    expect(page.locator("[data-board-keys-target=voice]")).to_contain_text("Замер")
    page.reload()
    expect(column(page, "Замер").locator(".deal", has_text="Наталья Ким")).to_be_visible()


def test_on_a_phone_one_column_at_a_time_and_a_menu_that_moves(agent):
    page = agent("manager", **PHONE)
    board(page)
    first, second = column(page, "Новый"), column(page, "Квалификация")
    expect(first).to_be_in_viewport(ratio=0.9)
    assert not second.evaluate("one => one.getBoundingClientRect().right <= innerWidth")
    card(page, "Виктор Тихонов").locator(".deal__more").tap()
    page.get_by_role("menuitem", name="Квалификация").tap()
    expect(second.locator(".deal", has_text="Виктор Тихонов")).to_be_attached()
    second.locator(".deal", has_text="Виктор Тихонов").locator(".deal__name").tap()
    expect(page.locator("#deal_drawer")).to_be_visible()
    expect(page.locator("#deal_drawer")).to_contain_text("Из «Новый» в «Квалификация»")
    page.locator("#deal_drawer").get_by_role("button", name="Закрыть").tap()
    expect(page.locator("#deal_drawer")).to_be_hidden()
    page.get_by_role("searchbox", name="Искать сделку").fill("Тихонов")
    expect(page.locator(".deal")).to_have_count(1)


def test_what_one_types_outlives_the_answer_to_the_field_before(agent):
    page = agent("manager")
    board(page)
    page.wait_for_load_state("networkidle")
    card(page, "Вера Абрамова").locator(".deal__name").click()
    sheet, held = page.locator("#deal_drawer .deal-sheet"), []
    expect(sheet.locator(".timeline")).to_be_visible()
    expect(sheet.locator(".deal-sheet__close")).to_be_focused()
    page.route("**/fields/", lambda route: held.append(route))
    sheet.get_by_label("Название").first.fill("Шкаф")
    page.keyboard.press("Tab")
    page.keyboard.type("155")
    assert wait_until(lambda: page.wait_for_timeout(10) or held)
    held[0].continue_()
    expect(sheet.locator(".timeline")).to_contain_text("→ Шкаф")
    amount = sheet.get_by_label("Сумма", exact=True).first
    expect(amount).to_be_focused()
    expect(amount).to_have_value(re.compile("^155"))
    page.unroute("**/fields/")
    sent = []
    page.on("request", lambda asked: asked.method == "POST" and sent.append(asked.url))
    page.keyboard.press("Enter")
    expect(sheet.locator(".timeline")).to_contain_text("→ 155 ₽")
    assert len(sent) == 1


def test_what_one_types_before_the_page_is_quite_here_is_sent_once_it_is(agent):
    page, held, sent = agent("manager"), [], []
    page.route("**/autosubmit_controller*", lambda route: held.append(route))
    board(page)
    page.on("request", lambda asked: asked.method == "POST" and sent.append(asked.post_data))
    card(page, "Тамара Белкина").locator(".deal__name").click()
    sheet = page.locator("#deal_drawer .deal-sheet")
    expect(sheet.locator(".deal-sheet__close")).to_be_focused()
    sheet.get_by_label("Название").first.fill("Буфет")
    page.keyboard.press("Tab")
    assert wait_until(lambda: page.wait_for_timeout(10) or held)
    held[0].continue_()
    expect(sheet.locator(".timeline")).to_contain_text("Название: Буфет")
    assert len(sent) == 1


MORE = """async (cards) => {
    const { renderStreamMessage } = await import("@hotwired/turbo")
    const link = Object.assign(document.createElement("a"), { id: "more_here" })
    document.querySelector(".board__cards").append(link)
    const more = '<turbo-stream action="more" target="more_here" as-of="1">'
    renderStreamMessage(`${more}<template>${cards}</template></turbo-stream>`)
}"""


def test_an_older_answer_brings_no_card_back_that_the_news_have_taken(window, agent):
    window.tolerant = True  # the browser notes the 409 that the page expects
    page, other, held = agent("manager"), agent("manager"), []
    for window in (page, other):
        board(window)
    known, name = card(page, "Рустам Хайруллин"), "Рустам Хайруллин"
    deal, drawn = known.get_attribute("data-deal"), known.evaluate("(card) => card.outerHTML")
    beside = card(page, "Лидия Фомина").evaluate("(card) => card.outerHTML")
    # As if somebody had moved it a moment ago: the move is refused, with the card where it is.
    page.route("**/place/", lambda route: held.append((route, route.fetch())))
    known.evaluate("(card, stage) => (card.dataset.stage = stage)", deal)
    move(page, name, "Предоплата")
    assert wait_until(lambda: page.wait_for_timeout(10) or held)
    [(route, refusal)] = held
    assert refusal.status == 409
    assert f'id="deal_{deal}"' in refusal.text()
    move(other, name, "Оплачено")
    expect(known).to_have_count(0)
    route.fulfill(response=refusal)
    expect(page.locator("#toasts .toast")).to_be_visible()
    expect(known).to_have_count(0)
    # So do cards that scrolling brings: what is here stays, what is older is asked for anew.
    with page.expect_response(lambda response: f"cards/?id={deal}" in response.url):
        page.evaluate(MORE, drawn + beside)
    expect(known).to_have_count(0)
    expect(card(page, "Лидия Фомина")).to_have_count(1)


def test_a_menu_of_stages_is_gone_before_the_server_has_answered(manager):
    held = []
    manager.locator("#queue a", has_text="Сергей Громов").click()
    manager.route("**/stage/", lambda route: held.append(route))
    stage = manager.locator("#deal_panel .deal__stage .button").first
    stage.click()
    manager.locator("#deal_stages").get_by_role("button", name="Предоплата").click()
    assert wait_until(lambda: manager.wait_for_timeout(10) or held)
    expect(manager.locator("#deal_stages")).to_be_hidden()
    held[0].continue_()
    expect(stage).to_contain_text("Предоплата")

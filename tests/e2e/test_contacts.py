"""Finding people among the contacts, and bringing them in from a file."""

import json
import re
from urllib.parse import quote

from playwright.sync_api import expect

HEAD = "Имя;Телефон;E-mail;Метки\n"
ROWS = "".join(f"Гость {n};8921555{n:04};guest{n}@example.com;ярмарка\n" for n in range(30))


def test_a_filter_is_built_shown_in_words_and_taken_apart(agent):
    page = agent("manager")
    page.get_by_role("link", name="Клиенты").click()
    # The page's scripts have come once it knows how many there are.
    expect(page.locator(".toolbar output")).to_have_text(re.compile(r"клиент"))
    page.get_by_role("button", name="Фильтр").click()
    first = page.locator("[data-leaf]").first
    first.get_by_label("Поле").select_option("name")
    first.get_by_role("textbox").fill("Ольга")
    expect(page.locator(".conditions__count")).to_have_text(re.compile(r"^\d+\s+клиент"))
    page.get_by_role("button", name="Кроме").click()
    second = page.locator("[data-leaf]").nth(1)
    second.get_by_label("Поле").select_option("phone")
    second.get_by_label("Условие", exact=True).select_option("unset")
    page.get_by_role("button", name="Показать").click()
    chip = page.locator(".chip", has_text="Имя содержит «Ольга»")
    expect(chip).to_be_visible()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(1)
    page.reload()
    expect(rows).to_have_count(1)
    chip.get_by_role("link").click()
    expect(page.locator(".chip", has_text="Имя содержит")).to_have_count(0)
    assert rows.count() > 1
    named = json.dumps({"all": [{"field": "labels", "op": "has", "value": "диван"}]})
    page.goto(f"/w/sever/contacts/?filter={quote(named)}")
    page.get_by_role("button", name="Фильтр").click()
    label = page.get_by_label("Теги: Значение").locator("option:checked")
    expect(label).to_have_text("диван")


def test_a_file_is_mapped_checked_imported_and_taken_back(agent):
    page = agent("admin")
    page.get_by_role("link", name="Клиенты").click()
    page.get_by_role("link", name="Импорт").click()
    data = f"{HEAD}{ROWS}Плохой;нет номера;;\n".encode("cp1251")
    page.set_input_files(
        "input[type=file]", {"name": "гости.csv", "mimeType": "text/csv", "buffer": data}
    )
    page.get_by_role("button", name="Загрузить").click()
    expect(page.get_by_label("Телефон").first).to_have_value("phone")
    page.get_by_role("button", name="Проверить").click()
    expect(page.get_by_text("«нет номера» — не номер телефона.")).to_be_visible()
    page.get_by_role("button", name="Импорт").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Строки с ошибками").click()
    assert download.value.suggested_filename.startswith("гости")
    page.get_by_role("button", name="Отменить").click()
    page.locator("#confirm button[value=act]").click()
    expect(page.locator("dl")).to_contain_text(re.compile(r"Удалены\s*30"))

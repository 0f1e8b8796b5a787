"""Tables of spend, as advertising systems export them."""

import json
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from tests.api.calls import is_problem

pytestmark = pytest.mark.django_db
CSV = """Дата;Источник;Кампания;Показы;Клики;Расход
20.11.2026;yandex;Диваны;1 200;30;1 234,50 ₽
21.11.2026;yandex;Диваны;900;10;0
"""


@pytest.fixture
def hand_in(client):
    """`hand_in(content, source="vk")` sends a file."""

    def send(content, *, by=None, **values):
        data = content.encode() if isinstance(content, str) else content
        form = {"file": SimpleUploadedFile("spend.csv", data), **values}
        return (by or client).post("/api/v1/spend/files/", form)

    return send


def rows(client):
    return client.rows("/spend/")


def test_columns_are_known_by_their_names(hand_in, client):
    response = hand_in(CSV)
    assert response.status_code == 201, response.content
    assert response.json()["rows"] == 2
    assert response.json()["mapping"]["cost"] == "Расход"
    last, first = rows(client)
    assert (first["date"], first["campaign"], first["impressions"]) == (
        "2026-11-20",
        "Диваны",
        1200,
    )
    assert first["cost"]["amount"] == "1234.50"
    assert first["origin"] == "file"
    assert last["cost"]["amount"] == "0.00"


@pytest.mark.parametrize("name", ["Расход, руб.", "Расход (руб.)", "расход"])
def test_a_column_may_name_its_unit(hand_in, name):
    assert hand_in(CSV.replace("Расход", name, 1)).json()["mapping"]["cost"] == name


def test_the_same_file_twice_is_once(hand_in, client):
    hand_in(CSV)
    hand_in(CSV)
    assert len(rows(client)) == 2


def test_a_table_of_keywords_takes_the_place_of_its_advertisements(hand_in, client):
    head = "Дата;Источник;Кампания;№ объявления;Ключевая фраза;Расход\n"
    hand_in(head + "20.11.2026;yandex;Диваны;7;;100\n20.11.2026;yandex;Диваны;8;;30\n")
    hand_in(head + "20.11.2026;yandex;Диваны;7;диван;60\n20.11.2026;yandex;Диваны;7;софа;40\n")
    told = {(row["ad"], row["term"]): row["cost"]["amount"] for row in rows(client)}
    assert told == {("7", "диван"): "60.00", ("7", "софа"): "40.00", ("8", ""): "30.00"}


def test_other_names_are_mapped(hand_in, client):
    content = "When,How much\n2026-11-20,10.5\n"
    mapping = json.dumps({"date": "When", "cost": "How much"})
    assert hand_in(content, mapping=mapping, source="vk").status_code == 201
    assert rows(client)[0]["source"] == "vk"


def test_a_workbook_is_read(hand_in, client):
    book = Workbook()
    book.active.append(["Date", "Campaign", "Clicks", "Cost"])
    book.active.append([date(2026, 11, 20), "Sofas", 12, 99.9])
    content = BytesIO()
    book.save(content)
    assert hand_in(content.getvalue(), source="vk").status_code == 201
    assert rows(client)[0]["cost"]["amount"] == "99.90"


def test_windows_letters_are_read(hand_in, client):
    assert hand_in(CSV.replace(" ₽", "").encode("cp1251")).status_code == 201
    assert rows(client)[0]["campaign"] == "Диваны"


def test_a_try_puts_nothing_down(hand_in, client):
    assert hand_in(CSV, **{"try": "true"}).json()["rows"] == 2
    assert rows(client) == []


def test_one_bad_line_names_itself_and_nothing_is_put_down(hand_in, client):
    response = hand_in(CSV + "yesterday;yandex;Диваны;1;1;1\n21.11.2026;vk;;1;1;much\n")
    detail = is_problem(response, 422)["detail"]
    assert "Line 4" in detail
    assert "“much” is no number" in detail
    assert rows(client) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("a;b\n1;2\n", "date, cost, source"),
        ("date;cost\n2026-11-20;1\n", "source"),
        (b"PK\x03\x04 no book", "no table"),
        (b"date\0cost", "no table"),
    ],
)
def test_what_is_no_table_of_spend_is_refused(hand_in, content, words):
    response = hand_in(content)
    assert response.status_code in {400, 422}
    assert words in response.json()["detail"]


def test_who_may_not(hand_in, program):
    is_problem(hand_in(CSV, by=program(role="agent")), 403)
    is_problem(hand_in(CSV, mapping="["), 400)

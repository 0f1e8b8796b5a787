"""One line, written as people write it, is a task with a day and an hour."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crm.quick_words import read

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # Wednesday, noon in Moscow


def understood(line):
    found = read(line, now=NOW, zone=MOSCOW)
    local = found.due_at.astimezone(MOSCOW)
    due = f"{local:%d.%m.%y %H:%M}" if found.has_time else f"{local:%d.%m.%y}"
    return found.text, due, found.kind


@pytest.mark.parametrize(
    ("line", "text", "due"),
    [
        ("Позвонить Ольге завтра в 15:00", "Позвонить Ольге", "26.11.26 15:00"),
        ("позвонить Ольге завтра 15:00", "позвонить Ольге", "26.11.26 15:00"),
        ("Завтра позвонить Ольге", "позвонить Ольге", "26.11.26"),
        ("Отправить смету сегодня", "Отправить смету", "25.11.26"),
        ("Отправить смету", "Отправить смету", "25.11.26"),
        ("Замер послезавтра в 9 утра", "Замер", "27.11.26 09:00"),
        ("Встреча в пятницу в 18:30", "Встреча", "27.11.26 18:30"),
        ("Договор к среде", "Договор к среде", "25.11.26"),
        ("Договор в среду", "Договор", "02.12.26"),
        ("Оплата 30.11", "Оплата", "30.11.26"),
        ("Оплата до 30.11.2027", "Оплата", "30.11.27"),
        ("Поздравить 5 января", "Поздравить", "05.01.27"),
        ("Перезвонить через 2 часа", "Перезвонить", "25.11.26 14:00"),
        ("Перезвонить через час", "Перезвонить", "25.11.26 13:00"),
        ("Напомнить через неделю", "Напомнить", "02.12.26"),
        ("Напомнить через 3 дня в 10:00", "Напомнить", "28.11.26 10:00"),
        ("Созвон 11:00", "Созвон", "26.11.26 11:00"),
        ("Созвон в 16", "Созвон", "25.11.26 16:00"),
        ("Call Olga tomorrow at 3pm", "Call Olga", "26.11.26 15:00"),
        ("Send the offer on friday", "Send the offer", "27.11.26"),
        ("Meeting December 5 at 12:30", "Meeting", "05.12.26 12:30"),
        ("Check the payment in 2 days", "Check the payment", "27.11.26"),
        ("Ring back in 20 minutes", "Ring back", "25.11.26 12:20"),
        ("Sign by 30.11, please", "Sign, please", "30.11.26"),
    ],
)
def test_days_and_hours_are_understood(line, text, due):
    assert understood(line)[:2] == (text, due)


@pytest.mark.parametrize(
    "line",
    [
        "Диван 2.30 м",
        "Заказ 15:75",
        "Скидка 31.02",
        "Встретиться в 15 кабинете",
        "Версия 1.2.3.4",
        "Солнце и сбыт",
        "Артикул 12.12345",
        "Кабинет в 99",
        "May be late",
        "Подписать договор №12.11-А",
    ],
)
def test_what_may_mean_something_else_stays_in_the_text(line):
    assert understood(line)[:2] == (line, "25.11.26")


def test_a_line_of_nothing_but_a_day_keeps_it_as_its_text():
    assert understood("Завтра")[:2] == ("Завтра", "26.11.26")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Позвонить маме", "call"),
        ("Перезвонить", "call"),
        ("Написать Ольге", "write"),
        ("Встреча на складе", "meet"),
        ("meet them", "meet"),
        ("Callous", "other"),
        ("Смета", "other"),
    ],
)
def test_the_first_word_tells_the_kind(line, kind):
    assert understood(line)[2] == kind


@given(
    some.text(max_size=200),
    some.datetimes(
        timezones=some.just(UTC), min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)
    ),
)
def test_no_line_is_too_strange(line, now):
    found = read(line, now=now, zone=MOSCOW)
    assert found.due_at.tzinfo is UTC
    assert len(found.text) <= len(line)
    assert bool(found.text) == bool(" ".join(line.split()))

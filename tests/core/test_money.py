"""Money: kopecks only where there are some, a dash where there is none."""

from decimal import Decimal

import pytest
from django.utils import translation

from core import money


@pytest.mark.parametrize(
    ("language", "amount", "currency", "words"),
    [
        ("ru", "96400", "RUB", "96 400 ₽"),
        ("ru", "38.81", "RUB", "38,81 ₽"),
        ("ru", "-1200.50", "KZT", "−1 200,50 ₸"),
        ("en", "96400.00", "RUB", "₽96,400"),
        ("en", "0", "USD", "$0"),
        ("en", "1234.5", "CHF", "CHF 1,234.50"),
    ],
)
def test_money_is_written_as_in_the_language(language, amount, currency, words):
    with translation.override(language):
        found = money.words(Decimal(amount), currency)
    assert found.replace("\N{NO-BREAK SPACE}", " ") == words


def test_exact_money_shows_its_kopecks():
    with translation.override("en"):
        assert money.words(Decimal(12), "EUR", exact=True) == "€12.00"


def test_no_money_is_a_dash():
    assert money.words(None, "RUB") == "—"


def test_the_document_keeps_every_kopeck():
    assert money.as_document(Decimal("1234.5"), "RUB") == {"amount": "1234.50", "currency": "RUB"}
    assert money.as_document(None, "RUB") is None


def test_currencies_in_use_are_known():
    assert {"RUB", "USD", "KZT"} <= money.currencies()
    assert "SUR" not in money.currencies()


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("96 400 ₽", "96400"),
        ("96\N{NO-BREAK SPACE}400,50", "96400.50"),
        ("₽96,400", "96400"),
        ("$1,250.5", "1250.5"),
        ("1250,5", "1250.5"),
        ("\N{MINUS SIGN}5", "-5"),
        ("5.", "5"),
    ],
)
def test_amounts_are_read_as_people_type_them(typed, amount):
    assert money.read(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["", "much", "1.2.3", "5-5", "1.234", "--5", "9" * 40])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(ValueError):
        money.read(typed)

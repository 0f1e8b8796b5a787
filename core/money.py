"""Amounts of money as people and programs read them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Final, TypedDict

from babel.core import get_global
from babel.numbers import format_decimal, get_currency_precision
from django.utils.translation import get_language

CENT: Final = Decimal("0.01")
# Locales show a foreign currency by its code: the rouble is RUB to an American.
SIGNS: Final = {
    "RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£", "CNY": "¥", "JPY": "¥", "KZT": "₸", "UAH": "₴",
    "BYN": "Br", "TRY": "₺", "GEL": "₾", "AMD": "֏", "AZN": "₼", "INR": "₹", "KRW": "₩", "ILS": "₪",
    "MNT": "₮", "VND": "₫", "PLN": "zł", "CZK": "Kč",
}  # fmt: skip


class MoneyDocument(TypedDict):
    """Money in the API: the amount as text, so that nobody rounds it."""

    amount: str
    currency: str


def as_document(amount: Decimal | None, currency: str) -> MoneyDocument | None:
    """Money for the API; None where there is none."""
    if amount is None:
        return None
    return {"amount": str(amount.quantize(CENT, ROUND_HALF_UP)), "currency": currency}


def words(amount: Decimal | int | None, currency: str, *, exact: bool = False) -> str:
    """Money in the language in force: `96 400 ₽`, `₽96,400`; a dash where there is none.

    Kopecks are shown only where there are some, or with `exact`.
    """
    if amount is None:
        return "—"
    value = Decimal(amount)
    if exact or value != value.to_integral_value():
        return _formatted(value, currency, None)
    return _formatted(value, currency, 0)


def read(text: str) -> Decimal:
    """An amount as people type it: `96 400,50 ₽`, `₽96,400.50`. Raises ValueError.

    A comma parts kopecks where at most two digits follow it and nothing else does so.
    """
    kept = "".join(letter for letter in text if letter in "0123456789.,-\N{MINUS SIGN}")
    kept = kept.replace("\N{MINUS SIGN}", "-").strip(".,")
    head, comma, tail = kept.rpartition(",")
    if comma and "." not in kept and len(tail) <= 2:
        kept = f"{head}.{tail}"
    kept = kept.replace(",", "")
    if kept.count(".") > 1 or len(kept) > 20:
        raise ValueError(text)
    try:
        found = Decimal(kept)
    except InvalidOperation:
        raise ValueError(text) from None
    if found != found.quantize(CENT, ROUND_HALF_UP):
        raise ValueError(text)
    return found


def _formatted(value: Decimal, currency: str, digits: int | None) -> str:
    language = (get_language() or "en").split("-")[0]
    if digits is None:
        digits = max(get_currency_precision(currency), 2)
    locale = "ru" if language == "ru" else "en"
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    number = format_decimal(abs(value), format=pattern, locale=locale)
    sign = SIGNS.get(currency, currency)
    minus = "\N{MINUS SIGN}" if value < 0 else ""
    if language == "ru":
        return f"{minus}{number}\N{NO-BREAK SPACE}{sign}"
    gap = "\N{NO-BREAK SPACE}" if sign.isalpha() else ""
    return f"{minus}{sign}{gap}{number}"


@cache
def currencies() -> frozenset[str]:
    """The codes of ISO 4217 that are in use somewhere."""
    in_use = {
        code
        for entries in get_global("territory_currencies").values()
        for code, _start, end, tender in entries
        if end is None and tender
    }
    return frozenset(in_use)

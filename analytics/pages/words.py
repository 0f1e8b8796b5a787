"""Values of metrics in the language in force."""

from decimal import Decimal
from typing import Any, Final

from babel.numbers import format_decimal
from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from analytics.metrics import Unit
from core import money

DASH: Final = "—"
MINUS: Final = "\N{MINUS SIGN}"
_SPACE: Final = "\N{NO-BREAK SPACE}"
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def number(value: Any) -> float | None:
    """What a value counts for in comparisons and charts; None where there is none."""
    if value is None:
        return None
    return float(value["amount"]) if isinstance(value, dict) else float(value)


def value_words(value: Any, unit: str, *, bare: bool = False) -> str:
    """`38,81 ₽`, `66 %`, `3 min 10 s`; a dash where there is no value. `bare` leaves the sign of
    the currency to the head of the column."""
    if value is None:
        return DASH
    if unit == Unit.MONEY:
        return _money(value, bare)
    if unit == Unit.RATIO:
        return percent(float(value))
    if unit == Unit.SECONDS:
        return duration(float(value))
    if unit == Unit.SCORE:
        return str(format_decimal(float(value), format="0.00", locale=_locale()))
    if unit == Unit.DAYS:
        return plain(round(float(value), 1)) + _SPACE + _("d")
    return plain(value)


def plain(value: float) -> str:
    """A number by the locale, with at most two digits after the point."""
    words = format_decimal(abs(value), format="#,##0.##", locale=_locale())
    return (MINUS if value < 0 else "") + words


def percent(share: float, *, signed: bool = False) -> str:
    """A fraction as per cent: whole from 10 on, else with one digit."""
    of_hundred = share * 100
    digits = "#,##0" if abs(of_hundred) >= 10 else "#,##0.#"
    words = format_decimal(abs(of_hundred), format=digits, locale=_locale())
    sign = MINUS if of_hundred < 0 else "+" if signed and of_hundred > 0 else ""
    return f"{sign}{words}{_SPACE if _locale() == 'ru' else ''}%"


def duration(seconds: float) -> str:
    """In the two largest units that say something."""
    whole = round(seconds)
    if whole < _MINUTE:
        return str(whole) + _SPACE + _("s")
    if whole < _HOUR:
        return _two(whole, _MINUTE, _("min"), 1, _("s"))
    if whole < _DAY:
        return _two(whole, _HOUR, _("h"), _MINUTE, _("min"))
    return _two(whole, _DAY, _("d"), _HOUR, _("h"))


def span_words(first: Any, last: Any) -> str:
    """A period: `1–22 November 2026`, or one day."""
    if first == last:
        return formats.date_format(first, "j E Y")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{formats.date_format(last, 'j E Y')}"
    begin = "j E" if first.year == last.year else "j E Y"
    return f"{formats.date_format(first, begin)} – {formats.date_format(last, 'j E Y')}"


def label_words(label: str, dimension: str) -> str:
    """What a row is called: days and months by the locale."""
    if dimension == "weekday":
        return weekday(int(label)) if label else label
    day = parse_date(label) if dimension in {"day", "week", "month"} and label else None
    if day is None:
        return label
    if dimension == "month":
        return str(formats.date_format(day, "F Y"))
    if dimension == "week":
        return _("week of %(day)s") % {"day": formats.date_format(day, "j E")}
    return str(formats.date_format(day, "j E, D"))


def weekday(number_of_day: int) -> str:
    """The short name of a day of the week; 1 is Monday."""
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")][number_of_day - 1]


def behind_words(count: int) -> str:
    """How many rows stand behind a number."""
    words = ngettext("%(n)s row", "%(n)s rows", count)
    return words % {"n": plain(count)}


def sign_of(currency: str) -> str:
    """The sign of a currency, or its code."""
    return money.SIGNS.get(currency, currency)


def _money(value: dict[str, str], bare: bool) -> str:
    amount = Decimal(value["amount"])
    # Kopecks say something of the price of a click, nothing of a month's revenue.
    if abs(amount) >= 1000:
        amount = amount.quantize(Decimal(1))
    if not bare:
        return money.words(amount, value["currency"])
    pattern = "#,##0" if amount == amount.to_integral_value() else "#,##0.00"
    words = format_decimal(abs(amount), format=pattern, locale=_locale())
    return (MINUS if amount < 0 else "") + str(words)


def _two(whole: int, unit: int, name: str, lesser: int, lesser_name: str) -> str:
    count, rest = divmod(whole, unit)
    rest //= lesser
    words = f"{count}{_SPACE}{name}"
    return f"{words} {rest}{_SPACE}{lesser_name}" if rest else words


def _locale() -> str:
    return "ru" if (get_language() or "en").startswith("ru") else "en"

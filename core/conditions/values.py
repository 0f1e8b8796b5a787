"""Values of conditions, checked and made into what a query can compare with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from .errors import InvalidCondition

LONGEST_TEXT: Final = 500
LONGEST_LIST: Final = 500
MOST_DAYS: Final = 36_500
# What numeric(18, 4) holds, with room; beyond it no stored value can be.
LARGEST: Final = Decimal(10) ** 15

Parse = Callable[[Any], Any]


def text(value: Any) -> str:
    """A text without the NUL that PostgreSQL cannot hold."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or "\0" in value:
        raise InvalidCondition(
            _("a text of at most %(count)d letters is needed") % {"count": LONGEST_TEXT}
        )
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidCondition(_("the text has half a letter in it")) from None
    return value


def number(value: Any) -> Decimal:
    """A number, as JSON's or as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise InvalidCondition(_("a number is needed"))
    if isinstance(value, str) and len(value) > 40:
        raise InvalidCondition(_("a number is needed"))
    try:
        found = Decimal(str(value))
    except (InvalidOperation, ValueError):
        raise InvalidCondition(_("a number is needed")) from None
    if not found.is_finite() or abs(found) > LARGEST:
        raise InvalidCondition(_("the number is too large"))
    return found


def money(value: Any) -> Decimal:
    """An amount: a number, or `{amount, currency}` of which the amount counts."""
    return number(value.get("amount") if isinstance(value, dict) else value)


def boolean(value: Any) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise InvalidCondition(_("true or false is needed"))
    return value


def identity(value: Any) -> UUID:
    """An id."""
    try:
        return UUID(text(value))
    except ValueError:
        raise InvalidCondition(_("an id is needed")) from None


def days(value: Any) -> int:
    """A number of days."""
    found = number(value)
    if found != int(found) or not 0 <= found <= MOST_DAYS:
        raise InvalidCondition(_("a whole number of days is needed"))
    return int(found)


def moment_or_day(value: Any) -> datetime | date:
    """A day `2026-11-28` or a moment `2026-11-28T09:30:00Z` (UTC where no zone is named)."""
    if isinstance(value, str) and len(value) <= 40 and value.isascii():
        try:
            found: datetime | date | None = parse_date(value) or parse_datetime(value)
        except ValueError:
            found = None
        # Years that no time zone can push out of what Python and PostgreSQL hold.
        if found is not None and 2 <= found.year <= 9998:
            if isinstance(found, datetime) and found.tzinfo is None:
                found = found.replace(tzinfo=ZoneInfo("UTC"))
            return found
    raise InvalidCondition(_("a date like 2026-11-28 is needed"))


def many(parse: Parse) -> Parse:
    """A list of values."""

    def parsed(value: Any) -> list[Any]:
        if not isinstance(value, list) or not value or len(value) > LONGEST_LIST:
            raise InvalidCondition(
                _("a list of 1 to %(count)d values is needed") % {"count": LONGEST_LIST}
            )
        return [parse(item) for item in value]

    return parsed


def pair(parse: Parse) -> Parse:
    """Two values, from and to, both included."""

    def parsed(value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) != 2:
            raise InvalidCondition(_("two values are needed: from and to"))
        return [parse(item) for item in value]

    return parsed

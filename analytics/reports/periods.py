"""Periods that are told by a name and move with the day: `period=last_month`."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Span = tuple[date, date]

_DAY: Final = timedelta(days=1)


def _last(days: int) -> Callable[[date], Span]:
    return lambda today: (today - timedelta(days=days - 1), today)


def _last_month(today: date) -> Span:
    end = today.replace(day=1) - _DAY
    return end.replace(day=1), end


def _quarter(today: date) -> Span:
    return today.replace(month=today.month - (today.month - 1) % 3, day=1), today


def _twelve_months(today: date) -> Span:
    """This month and the eleven before it."""
    first = today.replace(day=1)
    return first.replace(year=first.year - (first.month < 12), month=first.month % 12 + 1), today


# All end with today, or before it; weeks begin on Monday.
PERIODS: Final[dict[str, tuple[str | Promise, Callable[[date], Span]]]] = {
    "today": (_("Today"), lambda today: (today, today)),
    "yesterday": (_("Yesterday"), lambda today: (today - _DAY, today - _DAY)),
    "last_7_days": (_("7 days"), _last(7)),
    "last_30_days": (_("30 days"), _last(30)),
    "this_week": (_("This week"), lambda today: (today - today.weekday() * _DAY, today)),
    "this_month": (_("This month"), lambda today: (today.replace(day=1), today)),
    "last_month": (_("Last month"), _last_month),
    "this_quarter": (_("This quarter"), _quarter),
    "this_year": (_("This year"), lambda today: (today.replace(month=1, day=1), today)),
    "last_12_months": (_("12 months"), _twelve_months),
}
USUAL: Final = "last_30_days"


def span(name: str, today: date) -> Span:
    """The first and the last day of a named period. Raises `KeyError`."""
    return PERIODS[name][1](today)


def a_year_before(day: date) -> date:
    """The same day a year earlier; of 29 February, the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)

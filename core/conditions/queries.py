"""Conditions on a plain column."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from .moments import Moments

_COMPARISONS = {"gt": "gt", "gte": "gte", "lt": "lt", "lte": "lte", "in": "in"}
_TEXT = {"contains": "icontains", "starts_with": "istartswith", "eq": "iexact"}


def plain(kind: str, path: str, operator: str, value: Any, moments: Moments) -> Q:
    """The rows whose column `path` fulfils a positive operator."""
    if operator == "set":
        there = Q(**{f"{path}__isnull": False})
        if kind in {"text", "choice"}:
            there &= ~Q(**{path: ""}) if kind == "text" else Q()
        return there if value else ~there
    if kind in {"moment", "day"}:
        return _time(kind, path, operator, value, moments)
    if operator == "between":
        return Q(**{f"{path}__gte": value[0], f"{path}__lte": value[1]})
    if kind == "text" and operator in _TEXT:
        return Q(**{f"{path}__{_TEXT[operator]}": value})
    if kind == "text" and operator == "in":
        # As "eq" does, whatever the case.
        found = Q()
        for one in value:
            found |= Q(**{f"{path}__iexact": one})
        return found
    if operator == "has":
        return Q(**{path: value})
    if operator in _COMPARISONS:
        return Q(**{f"{path}__{_COMPARISONS[operator]}": value})
    return Q(**{path: value})


def _time(kind: str, path: str, operator: str, value: Any, moments: Moments) -> Q:
    """Half-open intervals: a day is from its first moment to the first one of the next."""
    start, end = interval(operator, value, moments)
    bounds: dict[str, Any] = {}
    if start is not None:
        bounds[f"{path}__gte"] = _as_column(kind, start, moments)
    if end is not None:
        bounds[f"{path}__lt"] = _as_column(kind, end, moments)
    return Q(**bounds)


def interval(
    operator: str, value: Any, moments: Moments
) -> tuple[datetime | None, datetime | None]:
    """From when (included) until when (excluded) a positive operator of time holds."""
    if operator == "last_days":
        return moments.begins(moments.today - timedelta(days=value)), None
    if operator == "next_days":
        return moments.now, moments.ends(moments.today + timedelta(days=value))
    if operator == "between":
        return _first(value[0], moments), _beyond(value[1], moments)
    if operator == "on":
        return _first(value, moments), _beyond(value, moments)
    if operator == "before":
        return None, _first(value, moments)
    if operator == "until":
        return None, _beyond(value, moments)
    if operator == "after":
        return _beyond(value, moments), None
    return _first(value, moments), None


def _first(value: datetime | date, moments: Moments) -> datetime:
    return value if isinstance(value, datetime) else moments.begins(value)


def _beyond(value: datetime | date, moments: Moments) -> datetime:
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    return moments.ends(value)


def _as_column(kind: str, moment: datetime, moments: Moments) -> datetime | date:
    return moment.astimezone(moments.zone).date() if kind == "day" else moment

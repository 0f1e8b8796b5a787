"""Counting rows exactly, also where any of several conditions is enough.

PostgreSQL joins what is required and what is excluded, but an "or" it asks row by row, of a set for
each of its conditions. Where that is more work by its own reckoning, all are counted without those
that fulfil none of the "or": there each of its conditions is one that excludes.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from .moments import Moments
from .nodes import Condition
from .paging import Plan

# Each more doubles the counts.
MOST_APART: Final = 2

# Rows to be added (1) or taken away (-1).
Term = tuple[int, QuerySet[Any]]


def count_exactly(rows: QuerySet[Any], condition: Condition, moments: Moments) -> int:
    """How many of the rows fulfil a condition."""
    found = rows.filter(condition.q(moments))
    parts = terms(rows, condition, moments)
    if len(parts) == 1:
        return found.count()
    costs = [Plan.of(query).cost for _, query in parts]
    return balance(parts) if sum(costs) < Plan.of(found).cost else found.count()


def terms(rows: QuerySet[Any], condition: Condition, moments: Moments) -> list[Term]:
    """What a condition finds, as a sum of what conditions without its outer "or"s find."""
    required, either = condition.apart(MOST_APART)
    parts: list[Term] = [(1, rows.filter(required.q(moments)))]
    for one in either:
        neither = one.negated(moments)
        parts += [(-sign, query.filter(neither)) for sign, query in parts]
    return parts


def balance(parts: list[Term]) -> int:
    """How many rows that makes, all of them counted at one moment."""
    words, values = ["select 0"], list[Any]()
    for sign, query in parts:
        with suppress(EmptyResultSet):  # what no row can fulfil, as Django knows by itself
            sql, parameters = query.order_by().values("pk").query.sql_with_params()
            side = "+" if sign > 0 else "-"
            words.append(f"{side} (select count(*) from ({sql}) part)")  # noqa: S608  our own
            values += parameters
    with connection.cursor() as cursor:
        cursor.execute(" ".join(words), values)
        return int(cursor.fetchone()[0])

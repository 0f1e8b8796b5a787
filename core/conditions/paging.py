"""The first rows of an order that fulfil conditions, whether every second row does or none.

PostgreSQL takes conditions to be independent of each other and of the order, and plans a page of
them as if its rows came soon. Where they don't, it walks through a million rows, asking each. So a
page is looked for in three ways, each of which is quick where the one before is not:

- near: a thousand rows of the order are asked one by one. Finds what many rows fulfil.
- far: the order's index is walked as far as the page should reach by what the near rows or the
  planner's statistics tell, and further; small sets of ids are put into memory and compared, some
  five million rows a second. Finds what one row of hundreds fulfils.
- few: the sets alone are joined, and what they have in common is sorted (see `sets`). This is done
  where it costs less than to walk far, or where that has found too little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db.models import BooleanField, Case, F, Q, QuerySet, When
from django.db.models.functions import Greatest

from core.conditions.sets import joined
from core.postgresql.planner import planned_for_pages, planned_for_walks

NEAR: Final = 1_000
# So many of the near ones tell the share of all; less is left to chance.
TELLING: Final = 5
# To find where more rows than this end takes as long as to walk past them.
FARTHEST: Final = 50_000
# How much longer a unit of the planner's work takes where rows lie scattered, as measured.
SCATTERED: Final = 8


def first_rows(
    among: QuerySet[Any],
    condition: Q,
    order: tuple[str, ...],
    size: int,
    *,
    from_place: Q,
    of_order: Q,
) -> list[Any]:
    """The first `size` rows of `among` that fulfil a condition, from a place of the order on.

    An index gives the order. `of_order` is the part of the condition that asks the order's own
    first column.
    """
    rows = among.filter(from_place).order_by(*order)
    if not condition:
        return list(rows[:size])
    asked = Case(When(condition, then=True), default=False, output_field=BooleanField())
    ordered, found = rows.filter(of_order), rows.filter(joined(condition))
    with planned_for_pages():
        window = _window(ordered, order[0], NEAR)
        if window is None:
            return list(found[:size])
        near = list(window.filter(asked)[:size])
        if len(near) == size:
            return near
        expected = Plan.of(rows.filter(condition)).rows / Plan.of(rows).rows
        share = _share(len(near), expected)
        look = 3 * size / share if share else 2 * FARTHEST
        # Where they are expected not far beyond, they are often found before.
        reach = min(int(look), FARTHEST)
        window = _window(ordered, order[0], reach) if look < 2 * FARTHEST else None
        far = (ordered if window is None else window).filter(asked)
        # Where more rows fit than the planner expects, it takes the sets for smaller than they are.
        is_told = len(near) >= TELLING and expected > 0
        more = max(share / expected, 1.0) if is_told else 1.0
        if Plan.of(far).is_cheaper_than(Plan.of(found), more):
            with planned_for_walks():
                rows_far = _by_ids(among, far, size)
            if len(rows_far) == size or window is None:
                return rows_far
        return _by_ids(among, found.order_by(*map(_unindexed, order)), size)


def _share(near: int, expected: float) -> float:
    """Which part of all rows fits, by how many near ones do and by what the planner expects."""
    if near >= TELLING:
        return near / NEAR
    return min(max(expected, near / 2 / NEAR), (near + 1) / NEAR)


def _by_ids(among: QuerySet[Any], found: QuerySet[Any], size: int) -> list[Any]:
    """The first rows of a query by their ids alone: indexes have them and what they are sorted by,
    and the table is left in peace."""
    ids = list(found.values_list("pk", flat=True)[:size])
    known = among.in_bulk(ids)
    return [known[pk] for pk in ids if pk in known]


@dataclass(frozen=True)
class Plan:
    """What the planner expects of a query: so many rows, for so much work."""

    rows: int = 0
    cost: float = 0.0

    @classmethod
    def of(cls, query: QuerySet[Any]) -> Plan:
        """Of all its rows, in no order. What no row can fulfil is not even planned."""
        text = query.order_by().values("pk").explain(format="json")
        if not text:
            return cls()
        plan = orjson.loads(text)[0]["Plan"]
        return cls(plan["Plan Rows"], plan["Total Cost"])

    def is_cheaper_than(self, other: Plan, times: float) -> bool:
        """Whether to walk so is less work than to look up the other's rows here and there, of which
        there are so many times as many as it expects."""
        return self.cost < other.cost * times * SCATTERED


def _window(ordered: QuerySet[Any], first: str, look: int) -> QuerySet[Any] | None:
    """The next `look` rows; None where there are not so many."""
    column, side = first.removeprefix("-"), "gte" if first.startswith("-") else "lte"
    edge = ordered.values_list(column, flat=True)[look : look + 1].first()
    return None if edge is None else ordered.filter(**{f"{column}__{side}": edge})


def _unindexed(column: str) -> Any:
    """The same order, but no index gives it."""
    name = column.removeprefix("-")
    same = Greatest(F(name), F(name))
    return same.desc() if column.startswith("-") else same.asc()

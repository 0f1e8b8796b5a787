"""The first rows of an order that fulfil conditions, whether every second row does or none.

PostgreSQL takes conditions to be independent of each other and of the order, and plans a page of
them as if its rows came soon. Where they don't, it walks through a million rows, asking each. So a
page is looked for in three ways, each of which is quick where the one before is not:

- near: a thousand rows of the order are asked one by one. Finds what many rows fulfil.
- far: the order's index is walked as far as the page should reach by what the near rows or the
  planner's statistics tell, and further; small sets of ids are put into memory and compared, some
  five million rows a second. Finds what one row of hundreds fulfils.
- few: the sets alone are joined, and what they have in common is sorted.
"""

from __future__ import annotations

from typing import Any, Final

import orjson
from django.db.models import BooleanField, Case, F, Q, QuerySet, When
from django.db.models.functions import Greatest

from core.postgresql.planner import planned_for_pages

NEAR: Final = 1_000
# So many of the near ones tell the share of all; less is left to chance.
TELLING: Final = 5
FEW: Final = 500


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
    ordered = rows.filter(of_order)
    with planned_for_pages():
        window = _window(ordered, order[0], NEAR)
        if window is None:
            return list(rows.filter(condition)[:size])
        near = list(window.filter(asked)[:size])
        if len(near) == size:
            return near
        found, all_rows = rows.filter(condition), max(_estimate(rows), 1)
        share = len(near) / NEAR if len(near) >= TELLING else _estimate(found) / all_rows
        ids: list[Any] = []
        look = int(3 * size / share) if share else all_rows
        if share * all_rows >= FEW:
            window = _window(ordered, order[0], look)
            ids = _ids((ordered if window is None else window).filter(asked), size)
            if len(ids) < size and window is not None:
                # The statistics were wrong.
                share = len(ids) / look
                if share * all_rows >= FEW:
                    ids = _ids(ordered.filter(asked), size)
        if share * all_rows < FEW:
            return list(found.order_by(*map(_unindexed, order))[:size])
    known = among.in_bulk(ids)
    return [known[pk] for pk in ids if pk in known]


def _window(ordered: QuerySet[Any], first: str, look: int) -> QuerySet[Any] | None:
    """The next `look` rows; None where there are not so many."""
    column, side = first.removeprefix("-"), "gte" if first.startswith("-") else "lte"
    edge = ordered.values_list(column, flat=True)[look : look + 1].first()
    return None if edge is None else ordered.filter(**{f"{column}__{side}": edge})


def _ids(rows: QuerySet[Any], size: int) -> list[Any]:
    """Ids alone: the order's index has them, and the table is left in peace."""
    return list(rows.values_list("pk", flat=True)[:size])


def _unindexed(column: str) -> Any:
    """The same order, but no index gives it."""
    name = column.removeprefix("-")
    same = Greatest(F(name), F(name))
    return same.desc() if column.startswith("-") else same.asc()


def _estimate(found: QuerySet[Any]) -> int:
    """By the planner's statistics; what no row can fulfil is not even planned."""
    text = found.order_by().explain(format="json")
    return int(orjson.loads(text)[0]["Plan"]["Plan Rows"]) if text else 0

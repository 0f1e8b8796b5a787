"""Many rows of a table told as the first of them and one row of all others."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from analytics.metrics import Cell, Metric, metric
from analytics.metrics.cells import SPEND
from analytics.reports.now import TOTAL
from analytics.reports.question import Question

Key = tuple[Any, ...]
Cells = dict[Key, Cell]

# The key of what the rows that are not shown come to together.
REST: Final[Key] = ("the rest",)
_TIMES: Final = frozenset({"day", "week", "month", "weekday", "hour"})


def may_fold(question: Question) -> bool:
    """Whether rows may be left to the last one. Days and hours are told each."""
    names = {one.name for one in question.grouping.dimensions}
    return question.most is not None and bool(names) and not names & _TIMES


def first_of(question: Question, cells: Cells, among: Iterable[Key] | None) -> set[Key] | None:
    """The keys of the rows to be shown, `among` those of another table where there is one; None
    where all are. What is not known is never left out."""
    if not may_fold(question):
        return None
    assert question.most is not None
    keys = [key for key in cells if key != TOTAL]
    if among is not None:
        known = set(among)
        return {key for key in keys if _spelt(key) in known or key[0] is None}
    if len(keys) <= question.most:
        return None
    keys.sort(key=lambda key: rank(question, key, cells[key]))
    return {*keys[: question.most], *(key for key in keys if key[0] is None)}


def fold(cells: Cells, shown: set[Key]) -> int:
    """Leave the others to one row, in place; returns how many these are."""
    others = [key for key in cells if key not in shown and key != TOTAL]
    if others:
        rest = Cell(stands_for=len(others))
        for key in others:
            rest.merge(cells.pop(key))
        cells[REST] = rest
    return len(others)


def rank(question: Question, key: Key, cell: Cell) -> tuple[Any, ...]:
    """By what rows stand in their order: as asked, else `place`."""
    if not question.order:
        return place(key, cell)
    one = _ordered_by(question)
    value = _number(one.value(cell, question.currency))
    sign = -1 if question.order.startswith("-") else 1
    return (key[0] is None, value is None, sign * (value or 0), *(str(part) for part in key))


def place(key: Key, cell: Cell) -> tuple[Any, ...]:
    """Days in their order; else what costs and brings most first, the unknown after it and the
    others last."""
    if isinstance(key[0], date | int):
        return (False, key[0], *(str(one) for one in key[1:]))
    size = -cell.sums.get((SPEND, "cost"), 0)
    leads = -cell.measure("leads")
    most = -max(cell.sums.values(), default=0)
    return (key == REST, key[0] is None, size, leads, most, *(str(one) for one in key))


def is_ordered_by_percentile(question: Question) -> bool:
    """Whether even the order cannot be told without histograms."""
    return bool(question.order) and _ordered_by(question).percentile is not None


def _spelt(key: Key) -> Key:
    """As rows have it."""
    return tuple(None if one is None else str(one) for one in key)


def _ordered_by(question: Question) -> Metric:
    return metric(question.order.lstrip("-"))


def _number(value: Any) -> float | None:
    if isinstance(value, dict):
        value = value["amount"]
    return None if value is None else float(value)

"""From cells to the document of a report."""

from typing import Any

from django.utils.translation import gettext as _

from analytics.metrics import Cell, Metric
from analytics.models.fact import OF_MANY
from analytics.reports.collecting import Cells, collect
from analytics.reports.folding import REST, rank
from analytics.reports.now import TOTAL
from analytics.reports.question import Question


def table(
    question: Question, metrics: list[Metric], *, among: list[dict[str, Any]] | None = None
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The rows and the total. The total is computed from the sums of all rows, not from rows.

    Of more rows than the question wants the first are told, or those `among` the rows of another
    table, and one more with what all others come to, which has `others`: how many these are.
    """
    keys = question.grouping.keys
    known = None if among is None else [tuple(row[key] for key in keys) for row in among]
    cells = collect(question, metrics, among=known)
    total = Cell()
    for cell in cells.values():
        total.merge(cell)
    cells.pop(TOTAL, None)
    values = {one.key: _value(question, one, total) for one in metrics}
    if not question.grouping.dimensions:
        return [], values
    return _rows(question, metrics, cells), values


def beside(rows: list[dict[str, Any]], before: list[dict[str, Any]], keys: list[str]) -> None:
    """Give each row the values of the same row of another period as `previous`."""
    known = {_place(row, keys): row for row in before}
    for row in rows:
        other = known.get(_place(row, keys))
        row["previous"] = (
            {name: value for name, value in other.items() if name not in {*keys, "label", "others"}}
            if other
            else None
        )


def _rows(question: Question, metrics: list[Metric], cells: Cells) -> list[dict[str, Any]]:
    keys = question.grouping.keys
    rest = cells.pop(REST, None)
    order = sorted(cells, key=lambda key: rank(question, key, cells[key]))
    rows = [_row(question, metrics, dict(zip(keys, key, strict=True)), cells[key]) for key in order]
    question.grouping.label(rows)
    if rest is not None:
        row = _row(question, metrics, dict.fromkeys(keys), rest)
        rows.append(row | {"label": _("Others"), "others": rest.stands_for})
    return rows


def _row(
    question: Question, metrics: list[Metric], key: dict[str, Any], cell: Cell
) -> dict[str, Any]:
    return key | {one.key: _value(question, one, cell) for one in metrics}


def _value(question: Question, one: Metric, cell: Cell) -> Any:
    """Null, too, where nobody knows of which people it is."""
    if question.asks_people and not OF_MANY.isdisjoint(one.behind):
        return None
    return one.value(cell, question.currency)


def _place(row: dict[str, Any], keys: list[str]) -> tuple[Any, ...]:
    """Which row it is. What the others come to has no key of its own."""
    return ("others" in row, *(row[key] for key in keys))

"""From cells to the document of a report."""

from datetime import date
from typing import Any

from analytics.metrics import Cell, Metric
from analytics.metrics.cells import SPEND
from analytics.reports.collecting import Cells, collect
from analytics.reports.now import TOTAL
from analytics.reports.question import Question


def table(question: Question, metrics: list[Metric]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The rows and the total. The total is computed from the sums of all rows, not from rows."""
    cells = collect(question, metrics)
    total = Cell()
    for cell in cells.values():
        total.merge(cell)
    cells.pop(TOTAL, None)
    values = {one.key: one.value(total, question.currency) for one in metrics}
    if not question.grouping.dimensions:
        return [], values
    return _rows(question, metrics, cells), values


def beside(rows: list[dict[str, Any]], before: list[dict[str, Any]], keys: list[str]) -> None:
    """Give each row the values of the same row of another period as `previous`."""
    known = {tuple(row[key] for key in keys): row for row in before}
    for row in rows:
        other = known.get(tuple(row[key] for key in keys))
        row["previous"] = (
            {name: value for name, value in other.items() if name not in {*keys, "label"}}
            if other
            else None
        )


def _rows(question: Question, metrics: list[Metric], cells: Cells) -> list[dict[str, Any]]:
    keys = question.grouping.keys
    order = sorted(cells, key=lambda key: _place(key, cells[key]))
    rows = [
        {
            **dict(zip(keys, key, strict=True)),
            **{one.key: one.value(cells[key], question.currency) for one in metrics},
        }
        for key in order
    ]
    question.grouping.label(rows)
    return rows


def _place(key: tuple[Any, ...], cell: Cell) -> tuple[Any, ...]:
    """Days in their order; else what costs and brings most first, and the unknown last."""
    if isinstance(key[0], date | int):
        return (False, key[0], *(str(one) for one in key[1:]))
    size = -cell.sums.get((SPEND, "cost"), 0)
    leads = -cell.measure("leads")
    most = -max(cell.sums.values(), default=0)
    return (key[0] is None, size, leads, most, *(str(one) for one in key))

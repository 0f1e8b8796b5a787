"""Broadcasts side by side."""

from typing import Any

from analytics.metrics import Metric, metrics_of
from analytics.pages.asking import Asked
from analytics.pages.table import Cell, Head, Row, Table
from analytics.pages.words import value_words
from marketing.models import Broadcast


def broadcasts(asked: Asked, document: dict[str, Any]) -> dict[str, Any]:
    """The table of those launched in the period."""
    metrics = metrics_of("broadcasts")
    states = dict(Broadcast.Status.choices)
    rows = [
        Row(
            row["label"],
            f'["{row["broadcast"]}"]',
            [_cell(asked, one, row, {"broadcast": row["broadcast"]}) for one in metrics],
            key={"broadcast": row["broadcast"]},
            note=str(states[row["status"]]),
        )
        for row in document["rows"]
    ]
    total = Row("", "total", [_cell(asked, one, document["total"], None) for one in metrics])
    return {"table": Table([Head(one, str(one.label), "") for one in metrics], rows, total)}


def _cell(asked: Asked, one: Metric, row: dict[str, Any], key: dict[str, Any] | None) -> Cell:
    value = row[one.key]
    opens = value and one.key in asked.report.opens
    return Cell(one, value_words(value, one.unit), asked.behind(one.key, key) if opens else "")

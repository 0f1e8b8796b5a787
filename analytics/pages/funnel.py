"""The funnel's stages, what the losses cost, and what is still to be expected."""

from dataclasses import dataclass
from typing import Any, Final

from analytics.metrics import Metric, Unit, metric
from analytics.pages.asking import Asked
from analytics.pages.table import Cell, Head, Row, Table
from analytics.pages.words import number, sign_of, value_words
from analytics.reports.question import Question
from crm.models import Pipeline

# Metric -> the key of its value in a row of the report.
COLUMNS: Final = {
    "reached": "reached",
    "stage_conversion": "conversion",
    "of_first": "of_first",
    "stage_median": "stage_median",
    "stage_p90": "stage_p90",
    "stage_now": "now",
    "stage_now_amount": "now_amount",
    "forecast": "forecast",
}


@dataclass(frozen=True)
class Bar:
    """A stage as a bar: `width` in per cent of the first stage's."""

    label: str
    width: float
    words: str
    share: str
    address: str
    is_won: bool


@dataclass(frozen=True)
class Stages:
    """One pipeline. `slowest`: the stage in which deals stay longest, and how long."""

    name: str
    bars: list[Bar]
    table: Table
    slowest: tuple[str, str] | None


@dataclass(frozen=True)
class Loss:
    label: str
    outcome: str
    deals: str
    amount: str
    width: float
    address: str


def funnel(asked: Asked, document: dict[str, Any]) -> dict[str, Any]:
    """Pipelines that somebody was in, or is; and reasons by money."""
    by_pipeline: dict[str, list[dict[str, Any]]] = {}
    for row in document["rows"]:
        by_pipeline.setdefault(row["pipeline"], []).append(row)
    names = {str(pk): name for pk, name in Pipeline.objects.values_list("pk", "name")}
    pipelines = [
        _stages(asked, names.get(pipeline, ""), rows)
        for pipeline, rows in by_pipeline.items()
        if any(row["reached"] or row["now"] for row in rows)
    ]
    return {
        "pipelines": pipelines,
        "losses": _losses(asked, document["losses"]),
        "totals": [
            (metric(key), value_words(document["total"][name], metric(key).unit), asked.behind(key))
            for key, name in list(COLUMNS.items())[5:]
        ],
    }


def _stages(asked: Asked, name: str, rows: list[dict[str, Any]]) -> Stages:
    first = max(row["reached"] for row in rows) or 1
    bars = [
        Bar(
            row["label"],
            round(100 * row["reached"] / first, 1),
            value_words(row["reached"], Unit.COUNT),
            value_words(row["conversion"], Unit.RATIO) if row["conversion"] is not None else "",
            asked.behind("reached", {"stage": row["stage"]}) if row["reached"] else "",
            row["stage_group"] == "won",
        )
        for row in rows
    ]
    lasted = [(row["stage_median"], row["label"]) for row in rows if row["stage_median"]]
    slowest = max(lasted, default=None)
    return Stages(
        name,
        bars,
        Table(_heads(asked.question), [_row(asked, row) for row in rows], None),
        (slowest[1], value_words(slowest[0], Unit.SECONDS)) if slowest else None,
    )


def _heads(question: Question) -> list[Head]:
    return [Head(one, _named(one, question), "") for one in map(metric, COLUMNS)]


def _named(one: Metric, question: Question) -> str:
    if one.unit == Unit.MONEY:
        return f"{one.label}, {sign_of(question.currency)}"
    return str(one.label)


def _row(asked: Asked, row: dict[str, Any]) -> Row:
    cell = {"stage": row["stage"]}
    cells = []
    for key, name in COLUMNS.items():
        one, value = metric(key), row[name]
        opens = (one.opens or key in asked.report.opens) and number(value)
        words = value_words(value, one.unit, bare=True)
        cells.append(Cell(one, words, asked.behind(key, cell) if opens else ""))
    return Row(row["label"], f'["{row["stage"]}"]', cells, key=cell)


def _losses(asked: Asked, found: list[dict[str, Any]]) -> list[Loss]:
    most = max((number(one["amount"]) or 0 for one in found), default=0)
    return [
        Loss(
            one["label"],
            one["outcome"],
            value_words(one["deals"], Unit.COUNT),
            value_words(one["amount"] if number(one["amount"]) else None, Unit.MONEY),
            round(100 * (number(one["amount"]) or 0) / most, 1) if most else 0,
            asked.behind(one["outcome"], {"loss_reason": one["loss_reason"]}),
        )
        for one in found
    ]

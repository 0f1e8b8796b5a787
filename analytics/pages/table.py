"""The rows of a report as a table whose numbers open what stands behind them."""

from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from analytics.metrics import Metric, Unit
from analytics.metrics.cells import SPEND
from analytics.pages.asking import Asked
from analytics.pages.deltas import Delta, delta
from analytics.pages.words import label_words, number, sign_of, value_words

# Less of its leads decided than this, and what a row has brought will still change.
RIPE: Final = 0.6
_ORIGIN: Final = ("source", "medium", "campaign", "ad")
_UNRIPE: Final = frozenset({"romi", "roas", "cpo", "cac", "conversion"})


@dataclass(frozen=True)
class Head:
    """A column: where a click sorts, and how it is sorted now."""

    metric: Metric
    label: str
    sort: str
    aria: str = ""


@dataclass(frozen=True)
class Cell:
    """A number in words. `address`: of the rows behind it. `meter`: per cent, to be drawn."""

    metric: Metric
    words: str
    address: str = ""
    delta: Delta | None = None
    meter: int | None = None
    tone: str = ""
    aside: str = ""
    is_unripe: bool = False
    is_bad: bool = False


@dataclass
class Row:
    """A line. `path` names it on the page; `branch` is where its children come from."""

    label: str
    path: str
    cells: list[Cell]
    key: dict[str, Any] = field(default_factory=dict)
    level: int = 0
    branch: str = ""
    note: str = ""
    is_unknown: bool = False
    is_total: bool = False
    others: int = 0


@dataclass
class Table:
    heads: list[Head]
    rows: list[Row]
    total: Row | None = None
    caption: str = ""


def table(asked: Asked, document: dict[str, Any], metrics: list[Metric]) -> Table:
    """A document of `reports.reading` with these columns."""
    keys = asked.question.grouping.keys
    rows = rows_of(asked, document["rows"], metrics, keys)
    for row in rows:
        # A campaign, an advertisement and a keyword are those of what is above them.
        above = [row.key[key] for key in keys[:-1] if key in _ORIGIN]
        row.note = " · ".join(str(one) for one in above if one)
    before = (document.get("previous") or {}).get("total")
    total = Row("", "total", _cells(asked, document["total"], before, metrics, None), is_total=True)
    return Table(_heads(asked, metrics), rows, total)


def rows_of(
    asked: Asked, rows: list[dict[str, Any]], metrics: list[Metric], keys: list[str]
) -> list[Row]:
    """Rows in the order asked for; the unknown one stays last."""
    dimension = asked.question.grouping.dimensions[-1].name
    made = []
    for row in _sorted(rows, asked.sort, keys):
        key = {name: row[name] for name in keys}
        made.append(
            Row(
                label_words(row["label"], dimension),
                orjson.dumps(list(key.values())).decode(),
                _cells(asked, row, row.get("previous"), metrics, key),
                key=key,
                is_unknown=row[keys[-1]] is None and "others" not in row,
                others=row.get("others", 0),
            )
        )
    return made


def _sorted(rows: list[dict[str, Any]], sort: str, keys: list[str]) -> list[dict[str, Any]]:
    if not sort:
        return rows
    name, sign = sort.lstrip("-"), -1 if sort.startswith("-") else 1

    def place(row: dict[str, Any]) -> tuple[bool, bool, bool, float]:
        value = number(row[name])
        return "others" in row, row[keys[-1]] is None, value is None, sign * (value or 0)

    return sorted(rows, key=place)


def _heads(asked: Asked, metrics: list[Metric]) -> list[Head]:
    heads = []
    for one in metrics:
        # Most people want to see the largest first.
        is_falling = asked.sort == f"-{one.key}"
        aria = "descending" if is_falling else "ascending" if asked.sort == one.key else ""
        label = str(one.label)
        if one.unit == Unit.MONEY:
            label = f"{label}, {sign_of(asked.question.currency)}"
        wanted = one.key if is_falling else f"-{one.key}"
        heads.append(Head(one, label, asked.address(sort=wanted), aria))
    return heads


def _tone(share: float) -> str:
    """How a promise is kept."""
    return "good" if share >= 0.9 else "warning" if share >= 0.7 else "danger"


def known(one: Metric, value: Any) -> Any:
    """Where nothing was spent there is no cost of anything, rather than one of nought."""
    is_cost = one.is_of(SPEND) or one.numerator == "acquisition_cost"
    return None if is_cost and not number(value) else value


def _cells(
    asked: Asked,
    row: dict[str, Any],
    before: dict[str, Any] | None,
    metrics: list[Metric],
    key: dict[str, Any] | None,
) -> list[Cell]:
    ripe = row.get("ripeness")
    is_unripe = ripe is not None and ripe < RIPE
    # What many rows come to is behind no key.
    is_one = "others" not in row
    cells = []
    for one in metrics:
        value = known(one, row[one.key])
        has_some = value is not None and (number(value) or one.unit == Unit.RATIO)
        cells.append(
            Cell(
                one,
                value_words(value, one.unit, bare=True),
                asked.behind(one.key, key) if has_some and one.opens and is_one else "",
                delta(one, value, before[one.key]) if before else None,
                meter=round(value * 100) if one.key in {"ripeness", "sla_share"} and has_some
                else None,
                tone=_tone(float(value)) if one.key == "sla_share" and has_some else "",
                aside=value_words(row.get("acceptance"), Unit.RATIO)
                if one.key == "accepted_leads" and row.get("acceptance") is not None else "",
                is_unripe=is_unripe and one.key in _UNRIPE and value is not None,
                is_bad=one.key == "romi" and (number(value) or 0) < 0,
            )
        )  # fmt: skip
    return cells

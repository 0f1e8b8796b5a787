"""Numbers over time as a chart, and as the table that says the same."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from django.utils import formats
from django.utils.translation import get_language

from analytics.metrics import Metric, Unit, metric
from analytics.pages.asking import Asked
from analytics.pages.words import number, span_words, value_words
from analytics.reports import answer
from analytics.reports.question import Question
from analytics.reports.steps import step
from analytics.rollups import freshness

# Tokens of the style sheet: marketing is petrol, sales are ochre.
INKS: Final = ("--side-marketing", "--side-sales", "--series-3", "--series-4", "--series-rest")


@dataclass(frozen=True)
class Series:
    """`ink` is a colour token; `is_past` draws a thin dotted line; `shape` is line or bar."""

    name: str
    values: list[float | None]
    words: list[str]
    ink: str
    shape: str = "line"
    is_past: bool = False
    axis: int = 0


@dataclass(frozen=True)
class Chart:
    """What the script draws and the table beside it says. `units` are those of the axes."""

    name: str
    title: str
    labels: list[str]
    series: list[Series]
    units: list[str] = field(default_factory=lambda: [Unit.COUNT.value])
    currency: str = ""
    is_stacked: bool = False
    hint: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(value for one in self.series for value in one.values)

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """For the table: a label and the words of each series."""
        return [
            (label, [one.words[place] for one in self.series])
            for place, label in enumerate(self.labels)
        ]

    @property
    def document(self) -> dict[str, Any]:
        """For the script."""
        return {
            "name": self.name,
            "title": self.title,
            "labels": self.labels,
            "units": [str(unit) for unit in self.units],
            "currency": self.currency,
            "language": get_language() or "en",
            "stacked": self.is_stacked,
            "series": [
                {
                    "name": one.name,
                    "values": one.values,
                    "words": one.words,
                    "ink": one.ink,
                    "shape": one.shape,
                    "past": one.is_past,
                    "axis": one.axis,
                }
                for one in self.series
            ],
        }


def over_time(
    asked: Asked,
    title: str,
    keys: list[str],
    *,
    name: str = "over_time",
    bars: frozenset[str] = frozenset(),
    inks: tuple[str, ...] = INKS,
) -> Chart:
    """The metrics of a report by the steps of its period; the first one also of the other
    period, step beside step."""
    metrics = [metric(key) for key in keys]
    question = asked.question
    by = step(question)
    starts = _starts(question, by)
    found = _by_step(question, by, metrics)
    units = list(dict.fromkeys(one.unit.value for one in metrics))[:2]
    series = [
        _series(one, found, starts, inks[place % len(inks)], units, one.key in bars)
        for place, one in enumerate(metrics)
    ]
    if asked.compared is not None:
        series.append(_past(metrics[0], asked.compared, by, len(starts), units))
    return Chart(
        name, title, [_label(day, by) for day in starts], series, units, question.currency,
    )  # fmt: skip


def _by_step(question: Question, by: str, metrics: list[Metric]) -> dict[str, dict[str, Any]]:
    rows, _total = answer.table(question.grouped(by), metrics)
    return {row[by]: row for row in rows if row[by] is not None}


def _series(
    one: Metric,
    found: dict[str, dict[str, Any]],
    starts: list[date],
    ink: str,
    units: list[str],
    is_bar: bool,
) -> Series:
    values = [found.get(day.isoformat(), {}).get(one.key) for day in starts]
    # A day on which nothing happened has a count of nothing, but no ratio.
    numbers = [
        0.0 if value is None and one.unit in {Unit.COUNT, Unit.MONEY} and not one.denominator
        else number(value)
        for value in values
    ]  # fmt: skip
    return Series(
        str(one.label),
        numbers,
        [value_words(value, one.unit) for value in values],
        ink,
        "bar" if is_bar else "line",
        axis=units.index(one.unit.value) if one.unit.value in units else 0,
    )


def _past(one: Metric, compared: Question, by: str, length: int, units: list[str]) -> Series:
    freshness.refresh(compared.first, compared.last)
    starts = _starts(compared, by)[:length]
    found = _series(one, _by_step(compared, by, [one]), starts, "--line-control", units, False)
    missing = length - len(starts)
    return replace(
        found,
        name=f"{one.label}, {span_words(compared.first, compared.last)}",
        values=[*found.values, *[None] * missing],
        words=[*found.words, *[value_words(None, one.unit)] * missing],
        is_past=True,
    )


def _starts(question: Question, by: str) -> list[date]:
    """The first days of all steps that the period touches."""
    day, found = _start(question.first, by), []
    while day <= question.last:
        found.append(day)
        day = _start(day + timedelta(days={"day": 1, "week": 7, "month": 32}[by]), by)
    return found


def _start(day: date, by: str) -> date:
    if by == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if by == "week" else day


def _label(day: date, by: str) -> str:
    # Russian writes months small, English with a capital.
    month = "b" if (get_language() or "").startswith("ru") else "M"
    return str(formats.date_format(day, f"{month} Y" if by == "month" else f"j {month}"))

"""Leads of each week and what has become of them; a week younger than the usual cycle is unripe."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone

from analytics.metrics import metric
from analytics.models import Base
from analytics.pages.asking import Asked
from analytics.pages.words import span_words, value_words
from analytics.reports import answer
from analytics.reports.grouping import DIMENSIONS, Grouping
from analytics.reports.question import Question
from analytics.rollups import freshness
from workspaces.zones import local_day, workspace_in_scope

WEEKS: Final = 12
CYCLE_DAYS: Final = 365
KEYS: Final = (
    *("leads", "accepted_leads", "acceptance", "orders", "conversion", "spend"),
    *("accepted_lead_cost", "revenue", "romi", "ripeness"),
)
# What will still change while the cohort ripens.
_UNRIPE: Final = frozenset({"orders", "conversion", "revenue", "romi"})
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class CohortCell:
    words: str
    address: str
    is_unripe: bool


@dataclass(frozen=True)
class Cohort:
    """`is_unripe`: its last day is younger than the median sales cycle."""

    label: str
    is_unripe: bool
    cells: list[CohortCell]


def median_cycle() -> float | None:
    """Days from birth to order of the last year's orders; None before the first ones."""
    today = local_day(timezone.now())
    question = Question(
        first=today - timedelta(days=CYCLE_DAYS - 1),
        last=today,
        grouping=Grouping(()),
        currency=workspace_in_scope().currency,
        base=Base.EVENT,
    )
    found = answer.table(question, [metric("cycle_days")])[1]["cycle_days"]
    return None if found is None else float(found)


def cohorts(asked: Asked, cycle: float | None) -> list[Cohort]:
    """The last weeks up to the end of the page's period, the latest first."""
    question = asked.question
    monday = question.last - timedelta(days=question.last.weekday())
    first = monday - (WEEKS - 1) * WEEK
    weekly = Question(
        first=first,
        last=question.last,
        grouping=Grouping((DIMENSIONS["week"],)),
        currency=question.currency,
        base=Base.BIRTH,
        model=question.model,
        condition=question.condition,
    )
    freshness.refresh(weekly.first, weekly.last)
    metrics = [metric(key) for key in KEYS]
    rows, _total = answer.table(weekly, metrics)
    return [
        _cohort(asked, row, cycle)
        for row in sorted(rows, key=lambda row: row["week"], reverse=True)
        if row["week"]
    ]


def is_unripe(last: date, cycle: float | None) -> bool:
    """Whether leads of a week that ends with this day may well still become orders."""
    if cycle is None:
        return True
    return (local_day(timezone.now()) - last).days < cycle


def _cohort(asked: Asked, row: dict[str, Any], cycle: float | None) -> Cohort:
    start = date.fromisoformat(str(row["week"]))
    last = start + WEEK - timedelta(days=1)
    unripe = is_unripe(last, cycle)
    days = {"from_": start.isoformat(), "to": last.isoformat(), "period": "", "base": ""}
    cells = []
    for key in KEYS:
        one, value = metric(key), row[key]
        opens = value is not None and one.opens
        cells.append(
            CohortCell(
                value_words(value, one.unit),
                asked.behind(key, None, **days) if opens else "",
                unripe and key in _UNRIPE and value is not None,
            )
        )
    return Cohort(span_words(start, last), unripe, cells)


def heads() -> list[tuple[str, str]]:
    """The keys and labels of the columns."""
    return [(key, str(metric(key).label)) for key in KEYS]

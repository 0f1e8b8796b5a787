"""One number of the registry: what alerts watch and decisions are held against."""

from datetime import date
from typing import Any

from analytics.metrics import Metric
from analytics.models import Base
from analytics.reports import answer, filtering
from analytics.reports.catalogue import REPORTS
from analytics.reports.grouping import Grouping
from analytics.reports.question import Question
from analytics.rollups import freshness
from core.conditions import InvalidCondition, parse
from workspaces.zones import workspace_in_scope


def measure(
    one: Metric, report: str, first: date, last: date, condition: dict[str, Any] | None = None
) -> float | None:
    """A metric of a span of days, both included, in its unit; None where there is none, or where
    the condition cannot be read any more: a segment may ask for what is gone."""
    base = REPORTS[report].base
    try:
        asked = parse(condition or {}, filtering.VOCABULARY)
    except InvalidCondition:
        return None
    question = Question(
        first=first,
        last=last,
        grouping=Grouping(()),
        currency=workspace_in_scope().currency,
        base=Base(base),
        condition=asked,
    )
    freshness.refresh(first, last)
    value: Any = answer.table(question, [one])[1][one.key]
    if isinstance(value, dict):
        value = value["amount"]
    return None if value is None else float(value)

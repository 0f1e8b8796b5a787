"""What stands behind a cell of a report: as many rows as the cell counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from analytics.attribution.crediting import columns, credited
from analytics.attribution.weights import DEFAULT
from analytics.metrics import Metric
from analytics.metrics.cells import NOW, SPEND
from analytics.models import AdSpend, Base, Fact
from analytics.models.fact import OF_DEALS
from analytics.reports import now
from analytics.reports.collecting import spend
from analytics.reports.counted import facts
from analytics.reports.grouping import DIMENSIONS
from analytics.reports.question import Question
from analytics.rollups import state
from inbox.models import Conversation

_TEXTS: Final = frozenset({"source", "medium", "campaign", "ad", "term"})
_OF_TIME: Final = frozenset({"day", "week", "month", "weekday", "hour"})
# What a flag of a fact must be for these sums.
_FLAGGED: Final = {
    "new_inquiries": True,
    "replies_in_time": True,
    "judged_leads": True,
    "judged_in_time": True,
    "unjudged_leads": False,
    "disputed": True,
    "agreed_refusals": False,
    "contested": True,
    "overturned": True,
}


@dataclass(frozen=True)
class Behind:
    """Rows of one kind: facts, deals, conversations that wait, or days of advertisements."""

    rows: QuerySet[Any]
    order: tuple[str, str] = ("-at", "-id")


Opens = Callable[[Question, dict[str, Any]], Behind]


def behind(
    question: Question, metric: Metric, cell: dict[str, Any], opens: Mapping[str, Opens]
) -> Behind:
    """What a metric counts in a row; `{}` is the total. `opens`: what the report itself knows to
    open. Raises `ValidationError`."""
    if metric.key in opens:
        return opens[metric.key](question, cell)
    if metric.behind:
        return Behind(facts_behind(question, metric, cell))
    if metric.is_of(NOW):
        return Behind(_waiting(question, cell), ("waiting_since", "id"))
    assert metric.is_of(SPEND)
    return Behind(_spent(question, cell), ("-date", "-id"))


def facts_behind(question: Question, metric: Metric, cell: dict[str, Any]) -> QuerySet[Fact]:
    """The facts of a metric's numerator in a row; `{}` is the total. Raises `ValidationError`."""
    kinds = set(metric.behind)
    base = question.base if metric.base == "birth" and kinds <= OF_DEALS else Base.EVENT
    found = facts(question, base, kinds)
    by_time, by_dimension = _conditions(cell)
    found = found.annotate(
        weekday=ExtractIsoWeekDay("local_day"), hour=ExtractHour("at", tzinfo=state.zone())
    ).filter(by_time)
    if metric.numerator in _FLAGGED and not metric.denominator:
        found = found.filter(flag=_FLAGGED[metric.numerator])
    condition = question.narrowing & by_dimension
    if not metric.attributed or question.model == DEFAULT:
        return found.filter(condition)
    ids = credited(
        found.values(*columns()),
        question.model,
        condition,
        "distinct id",
        "and (n > 0 or amount <> 0)",
        {},
    )
    return Fact.objects.filter(pk__in=[row[0] for row in ids])


def _waiting(question: Question, cell: dict[str, Any]) -> QuerySet[Conversation]:
    by_time, by_dimension = _conditions(cell)
    if by_time:
        raise ValidationError({"cell": _("There is no such key.")})
    return now.waiting(question).filter(by_dimension)


def _spent(question: Question, cell: dict[str, Any]) -> QuerySet[AdSpend]:
    by_time, by_dimension = _conditions(cell)
    if not set(cell) <= _TEXTS | _OF_TIME | {"label"}:
        raise ValidationError({"cell": _("There is no such key.")})
    found = spend(question).annotate(local_day=F("date"), weekday=ExtractIsoWeekDay("date"))
    narrowed: QuerySet[AdSpend] = found.filter(by_time, by_dimension)
    return narrowed


def _conditions(cell: dict[str, Any]) -> tuple[Q, Q]:
    """Of time and of dimensions: the latter are asked of touches where credit is divided."""
    by_time, by_dimension = Q(), Q()
    for name, value in cell.items():
        if name == "label":
            continue
        dimension = DIMENSIONS.get(name)
        if dimension is None:
            raise ValidationError({"cell": _("There is no such key.")})
        if name in _OF_TIME:
            by_time &= _of_time(name, value)
        elif name in _TEXTS:
            by_dimension &= Q(**{name: "" if value is None else str(value)[:200]})
        else:
            by_dimension &= _of_id(dimension.columns[0], value)
    return by_time, by_dimension


def _of_time(name: str, value: Any) -> Q:
    try:
        if name in {"weekday", "hour"}:
            return Q(**{name: int(value)})
        first = date.fromisoformat(str(value))
    except (TypeError, ValueError):
        raise ValidationError({"cell": _("A date is needed: 2026-11-23.")}) from None
    if name == "day":
        return Q(local_day=first)
    if name == "week":
        year, week, _weekday = first.isocalendar()
        return Q(local_day__iso_year=year, local_day__week=week)
    return Q(local_day__year=first.year, local_day__month=first.month)


def _of_id(column: str, value: Any) -> Q:
    if value is None:
        return Q(**{f"{column}__isnull": True})
    try:
        return Q(**{column: UUID(str(value))})
    except ValueError:
        raise ValidationError({"cell": _("An id is needed.")}) from None

"""The facts behind a cell of a report: as many as the cell counts."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from analytics.attribution.crediting import columns, credited
from analytics.attribution.weights import DEFAULT
from analytics.facts.money import major
from analytics.metrics import Metric
from analytics.models import Base, Fact
from analytics.models.fact import OF_DEALS
from analytics.reports.collecting import facts
from analytics.reports.grouping import DIMENSIONS
from analytics.reports.question import Question
from analytics.rollups import state
from core.money import as_document
from crm.models import Deal
from inbox.models import Conversation

_TEXTS: Final = frozenset({"source", "medium", "campaign", "ad"})
_OF_TIME: Final = frozenset({"day", "week", "month", "weekday", "hour"})
# What a flag of a fact must be for these sums.
_FLAGGED: Final = {"new_inquiries": True, "replies_in_time": True}


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


def tell(found: list[Fact], viewer: Any) -> list[dict[str, Any]]:
    """Facts as the API tells them; what the viewer may not see has no id."""
    deal_ids = {fact.deal_id for fact in found if fact.deal_id}
    chat_ids = {fact.conversation_id for fact in found if not fact.deal_id}
    deals = {deal.pk: deal for deal in Deal.objects.visible_to(viewer).filter(pk__in=deal_ids)}
    chats = {
        chat.pk: chat
        for chat in Conversation.objects.visible_to(viewer)
        .filter(pk__in=chat_ids)
        .select_related("contact")
    }
    return [_row(fact, deals, chats) for fact in found]


def _row(fact: Fact, deals: dict[UUID, Deal], chats: dict[UUID, Conversation]) -> dict[str, Any]:
    is_deal = fact.deal_id is not None
    thing: Any = deals.get(fact.deal_id) if is_deal else chats.get(fact.conversation_id)
    title = ""
    if thing is not None:
        title = str(thing) if is_deal else thing.contact.display_name
    return {
        "type": "deal" if is_deal else "conversation",
        "id": str(thing.pk) if thing is not None else None,
        "title": title,
        "kind": fact.kind,
        "at": fact.at.isoformat().replace("+00:00", "Z"),
        "contact": str(fact.contact_id) if thing is not None and fact.contact_id else None,
        "owner": str(fact.agent_id) if fact.agent_id else None,
        "source": fact.source,
        "campaign": fact.campaign,
        "amount": as_document(major(fact.amount), fact.currency)
        if fact.amount is not None
        else None,
        "seconds": fact.seconds,
    }


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

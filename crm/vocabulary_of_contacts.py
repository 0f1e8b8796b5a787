"""What sales know of contacts, in conditions on them: any of their deals is meant.

They ask of the whole workspace, whoever looks: a segment is the same for everybody.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Aggregate, Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.vocabulary import CONTACTS
from core.conditions import Field, Moments
from core.conditions.queries import plain
from core.conditions.sets import Among
from crm.models import Deal, Pipeline, Stage, Task

GROUP: Final = pgettext_lazy("conditions", "Deals and tasks")
_NAMED: Final = {"stage": Stage, "pipeline": Pipeline}


def _has_deal(operator: str, value: Any, moments: Moments) -> Q:
    found = _with_deal(Q())
    return found if value else ~found


def _named(column: str) -> Any:
    """A stage or a pipeline of a deal, by its id or by its name."""

    def ask(operator: str, value: Any, moments: Moments) -> Q:
        if operator == "set":
            return _has_deal("eq", value, moments)
        if operator == "has_all":
            every = Q()
            for one in value:
                every &= ask("has", one, moments)
            return every
        asked = Q(pk__in=[])
        for one in value if operator == "has_any" else [value]:
            asked |= Q(name__iexact=one)
            try:
                asked |= Q(pk=UUID(one))
            except ValueError:
                continue
        ids = list(_NAMED[column].objects.filter(asked).values_list("pk", flat=True))
        return _with_deal(Q(**{f"{column}_id__in": ids}))

    return ask


def _status(operator: str, value: Any, moments: Moments) -> Q:
    if operator == "set":
        return _has_deal("eq", value, moments)
    if operator == "has_all":
        every = Q()
        for one in value:
            every &= _with_deal(Q(status=one))
        return every
    return _with_deal(Q(status__in=value if operator == "has_any" else [value]))


def _of_any(kind: str, column: str) -> Any:
    def ask(operator: str, value: Any, moments: Moments) -> Q:
        if operator == "set":
            found = _with_deal(Q(**{f"{column}__isnull": False}))
            return found if value else ~found
        return _with_deal(plain(kind, column, operator, value, moments))

    return ask


def _summed(aggregate: Aggregate, of: Q) -> Any:
    """A number over deals; whoever has none of them has zero."""

    def ask(operator: str, value: Any, moments: Moments) -> Q:
        if operator == "set":
            found = _with_deal(of)
            return found if value else ~found
        sums = Deal.objects.filter(of).order_by().values("contact_id").annotate(total=aggregate)
        fitting = sums.filter(plain("number", "total", operator, value, moments))
        found = Q(pk__in=fitting.values("contact_id"))
        return found | ~_with_deal(of) if _fits(operator, value) else found

    return ask


def _fits(operator: str, value: Any) -> bool:
    """Whether zero does."""
    zero = Decimal(0)
    if operator == "between":
        return bool(value[0] <= zero <= value[1])
    if operator == "in":
        return zero in value
    found: bool = {
        "eq": zero == value, "gt": zero > value, "gte": zero >= value, "lt": zero < value,
        "lte": zero <= value,
    }[operator]  # fmt: skip
    return found


def _overdue(operator: str, value: Any, moments: Moments) -> Q:
    late = Task.objects.filter(done_at=None, due_at__lt=timezone.now()).order_by()
    of_deals = late.filter(deal__isnull=False).values("deal__contact_id")
    # By two sets: an "or" within one question would be asked for each contact.
    found = Q(pk__in=late.filter(contact__isnull=False).values("contact_id").union(of_deals))
    return found if value else ~found


def _with_deal(condition: Q) -> Q:
    return Q(Among(Deal.objects.filter(condition), "contact_id"))


def _stages() -> Iterable[tuple[str, str]]:
    rows = Stage.objects.in_use().select_related("pipeline").order_by("pipeline__position")
    return [(str(row.pk), f"{row.pipeline.name}: {row.name}") for row in rows.in_order()]


def _pipelines() -> Iterable[tuple[str, str]]:
    return [(str(row.pk), row.name) for row in Pipeline.objects.in_use().in_order()]


def _statuses() -> Iterable[tuple[str, Any]]:
    return [(value, label) for value, label in Deal.Status.choices]


_WON: Final = Q(status="won")

CONTACTS.add(
    Field("has_deal", _("Has a deal"), "boolean", ask=_has_deal, group=GROUP),
    Field("deal.status", _("A deal is"), "many", ask=_status, choices=_statuses, group=GROUP),
    Field("deal.stage", _("Stage of a deal"), "many", ask=_named("stage"), choices=_stages,
        group=GROUP),
    Field("deal.pipeline", _("Pipeline of a deal"), "many", ask=_named("pipeline"),
        choices=_pipelines, group=GROUP),
    Field("deal.amount", _("Amount of a deal"), "money", ask=_of_any("money", "amount"),
        group=GROUP),
    Field("deal.created_at", _("A deal was created"), "moment",
        ask=_of_any("moment", "created_at"), group=GROUP),
    Field("deal.closed_at", _("A deal was closed"), "moment", ask=_of_any("moment", "closed_at"),
        group=GROUP),
    Field("deals.count", _("Number of deals"), "number", ask=_summed(Count("*"), Q()),
        group=GROUP),
    Field("deals.won", _("Won deals"), "number", ask=_summed(Count("*"), _WON), group=GROUP),
    Field("deals.revenue", _("Revenue"), "money", ask=_summed(Sum("amount"), _WON), group=GROUP),
    Field("overdue_task", _("Has an overdue task"), "boolean", ask=_overdue, group=GROUP),
)  # fmt: skip

"""What conditions may ask of deals: for the API's filter, boards, lists, segments and rules.

Ids are given as texts. `days_in_stage` counts whole days; `loss_reason` is a reason or a group of
reasons, by id or by name; `unanswered` asks whether the customer of the deal's conversation waits.
`fields.<key>` are the workspace's own fields of deals, `contact.<field>` is whatever can be asked
of the deal's customer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from math import ceil, floor
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from channels_connectors.models import Channel
from contacts.vocabulary import marks, of_customers, own_fields
from core.conditions import Field, InvalidCondition, Moments, Vocabulary, values
from crm.models import Deal, DealFollower, LossReason, Pipeline, Stage, Task
from crm.models.stage import Group
from workspaces.models import Membership, Team

DEAL: Final = pgettext_lazy("conditions", "Deal")
CONTACT: Final = of_customers.GROUP
ORIGIN: Final = pgettext_lazy("conditions", "Origin")
WORK: Final = pgettext_lazy("conditions", "Work")
# More than any deal has been anywhere: beyond it dates would leave what Python holds.
MOST_DAYS: Final = 100_000

Pairs = Iterable[tuple[str, Any]]


def _identity_or_name(value: Any) -> UUID | str:
    try:
        return values.identity(value)
    except InvalidCondition:
        return values.text(value)


def _one_of(known: Iterable[str]) -> values.Parse:
    words = tuple(known)

    def parsed(value: Any) -> str:
        if value not in words:
            raise InvalidCondition(_("one of these is needed: %(words)s") % {"words": words})
        return str(value)

    return parsed


def _whole(value: Any) -> int:
    found = values.number(value)
    if found != int(found):
        raise InvalidCondition(_("a whole number is needed"))
    return int(found)


def _chosen(name: str, label: Any, model: Any, group: Any, path: str = "") -> Field:
    """A reference to one thing of a kind, by its id."""

    def choices() -> Pairs:
        return [(str(one.pk), str(one)) for one in model.objects.order_by("created_at")[:500]]

    return Field(
        name,
        label,
        "choice",
        path=path or f"{name}_id",
        parse=values.identity,
        choices=choices,
        group=group,
    )


def _yes(ask: Callable[[Moments], Q]) -> Callable[[str, Any, Moments], Q]:
    """A question of yes or no; `ask` gives the rows of "yes"."""
    return lambda _operator, value, moments: ask(moments) if value else ~ask(moments)


def _followers(operator: str, value: Any, moments: Moments) -> Q:
    mine = DealFollower.objects.filter(deal_id=OuterRef("pk"))
    return _many(operator, value, mine, "membership_id")


def _many(operator: str, value: Any, mine: Any, column: str) -> Q:
    if operator == "set":
        return Q(Exists(mine)) if value else ~Q(Exists(mine))
    if operator == "has_all":
        found = Q()
        for one in value:
            found &= Q(Exists(mine.filter(**{column: one})))
        return found
    wanted = value if operator == "has_any" else [value]
    return Q(Exists(mine.filter(**{f"{column}__in": wanted})))


def _loss_reason(operator: str, value: Any, moments: Moments) -> Q:
    if operator == "set":
        return Q(loss_reason__isnull=not value)
    wanted = value if operator == "in" else [value]
    ids = [one for one in wanted if isinstance(one, UUID)]
    named = Q(pk__in=ids) | Q(parent_id__in=ids)
    for one in wanted:
        if isinstance(one, str):
            named |= Q(name__iexact=one) | Q(parent__name__iexact=one)
    return Q(loss_reason_id__in=LossReason.objects.filter(named).values("pk"))


def _days_in_stage(operator: str, value: Any, moments: Moments) -> Q:
    if operator == "set":
        return Q() if value else Q(pk__in=[])
    if operator == "in":
        found = Q(pk__in=[])
        for one in value:
            found |= _days_in_stage("eq", one, moments)
        return found
    if operator == "between":
        return _in_stage_for(ceil(value[0]), moments) & ~_in_stage_for(floor(value[1]) + 1, moments)
    if operator in {"gte", "lt"}:
        long = _in_stage_for(ceil(value), moments)
        return long if operator == "gte" else ~long
    if operator in {"gt", "lte"}:
        long = _in_stage_for(floor(value) + 1, moments)
        return long if operator == "gt" else ~long
    if value != int(value):
        return Q(pk__in=[])
    return _in_stage_for(int(value), moments) & ~_in_stage_for(int(value) + 1, moments)


def _in_stage_for(days: int, moments: Moments) -> Q:
    """In its stage for at least so many whole days."""
    bounded = max(-MOST_DAYS, min(days, MOST_DAYS))
    return Q(stage_since__lte=moments.now - timedelta(days=bounded))


def _unanswered(moments: Moments) -> Q:
    return Q(conversation__waiting_since__isnull=False)


def _has_task(moments: Moments) -> Q:
    return Q(Exists(Task.objects.filter(deal_id=OuterRef("pk"), done_at=None)))


def _overdue_task(moments: Moments) -> Q:
    late = Task.objects.filter(deal_id=OuterRef("pk"), done_at=None, due_at__lt=moments.now)
    return Q(Exists(late))


def _pairs(enumeration: Any) -> Callable[[], Pairs]:
    return lambda: [(str(value), label) for value, label in enumeration.choices]


def _stages() -> Pairs:
    stages = Stage.objects.in_use().select_related("pipeline").order_by("pipeline_id", "position")
    return [(str(stage.pk), f"{stage.pipeline.name}: {stage.name}") for stage in stages]


def _reasons() -> Pairs:
    known = LossReason.objects.filter(archived_at=None).order_by("outcome", "position")
    return [(str(reason.pk), reason.name) for reason in known]


def _members() -> Pairs:
    members = Membership.objects.active().with_user()
    return sorted(((str(one.pk), one.name) for one in members), key=lambda pair: pair[1])


def _text(name: str, label: Any, group: Any, path: str = "") -> Field:
    return Field(name, label, "text", path=path or name, group=group)


DEALS: Final = Vocabulary(
    Field("number", gettext_lazy("Number"), "number", parse=_whole, group=DEAL),
    _text("title", gettext_lazy("Title"), DEAL),
    _chosen("pipeline", gettext_lazy("Pipeline"), Pipeline, DEAL),
    Field(
        "stage", gettext_lazy("Stage"), "choice", path="stage_id", parse=values.identity,
        choices=_stages, group=DEAL,
    ),
    Field(
        "group", gettext_lazy("Group of stages"), "choice", path="stage__group",
        parse=_one_of(Group.values), choices=_pairs(Group), group=DEAL,
    ),
    Field(
        "status", gettext_lazy("Outcome"), "choice", parse=_one_of(Deal.Status.values),
        choices=_pairs(Deal.Status), group=DEAL,
    ),
    Field("amount", gettext_lazy("Amount"), "money", group=DEAL),
    Field("cost", gettext_lazy("Cost of goods"), "money", group=DEAL),
    Field("paid", gettext_lazy("Paid"), "money", group=DEAL),
    Field(
        "loss_reason", gettext_lazy("Reason"), "choice", ask=_loss_reason,
        parse=_identity_or_name, choices=_reasons, group=DEAL,
    ),
    Field("created_at", gettext_lazy("Created"), "moment", group=DEAL),
    Field("closed_at", gettext_lazy("Closed"), "moment", group=DEAL),
    Field("accepted_at", gettext_lazy("Taken on"), "moment", group=DEAL),
    Field("stage_since", gettext_lazy("In its stage since"), "moment", group=DEAL),
    Field("days_in_stage", gettext_lazy("Days in its stage"), "number", ask=_days_in_stage,
          group=DEAL),
    Field("expected_on", gettext_lazy("Expected"), "day", group=DEAL),
    Field(
        "owner", gettext_lazy("Owner"), "choice", path="owner_id", parse=values.identity,
        choices=_members, group=WORK,
    ),
    _chosen("team", gettext_lazy("Team"), Team, WORK),
    Field(
        "followers", gettext_lazy("Followers"), "many", ask=_followers, parse=values.identity,
        choices=_members, group=WORK,
    ),
    Field("has_task", gettext_lazy("Has a task"), "boolean", ask=_yes(_has_task), group=WORK),
    Field(
        "overdue_task", gettext_lazy("Has an overdue task"), "boolean", ask=_yes(_overdue_task),
        group=WORK,
    ),
    Field(
        "unanswered", gettext_lazy("The customer waits"), "boolean", ask=_yes(_unanswered),
        group=WORK,
    ),
    Field(
        "unanswered_since", gettext_lazy("The customer waits since"), "moment",
        path="conversation__waiting_since", group=WORK,
    ),
    Field(
        "last_message_at", gettext_lazy("Last message"), "moment",
        path="conversation__last_activity_at", group=WORK,
    ),
    Field("contact", gettext_lazy("Customer"), "choice", path="contact_id", parse=values.identity,
          group=CONTACT, is_offered=False),
    Field("company", gettext_lazy("Company"), "choice", path="company_id", parse=values.identity,
          choices=marks.companies, group=CONTACT),
    _chosen("channel", gettext_lazy("Channel"), Channel, ORIGIN),
    _text("source", gettext_lazy("Source"), ORIGIN),
    _text("medium", gettext_lazy("Medium"), ORIGIN),
    _text("campaign", gettext_lazy("Campaign"), ORIGIN),
    _text("content", gettext_lazy("Advertisement"), ORIGIN),
    _text("term", gettext_lazy("Keyword"), ORIGIN),
)  # fmt: skip
DEALS.add_family("fields", own_fields.finder("deal"), own_fields.members("deal"))
DEALS.add_family("contact", of_customers.find, of_customers.members)

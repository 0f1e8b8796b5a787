"""Which deals of a pipeline a viewer is shown."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from contacts.models import Contact, ContactLabel
from crm.board.filters import ME, NOBODY, TEAM, UNKNOWN, BoardFilters, amount_of
from crm.models import Deal, Pipeline, Task
from workspaces.models import Membership
from workspaces.zones import moments


def narrowed(deals: QuerySet[Deal], filters: BoardFilters, viewer: Membership) -> QuerySet[Deal]:
    """Those of the deals that the filters ask for; none where their conditions cannot be read.
    `deals` must be visible to the viewer."""
    if filters.builder.error is not None:
        return deals.none()
    asked = _owner(filters, viewer) & _plain(filters)
    if filters.query:
        asked &= _search(filters.query)
    for condition in _related(filters):
        deals = deals.filter(condition)
    if filters.builder.is_asked:
        deals = deals.filter(filters.builder.condition.q(moments()))
    return deals.filter(asked)


def of_pipeline(pipeline: Pipeline, filters: BoardFilters, viewer: Membership) -> QuerySet[Deal]:
    """The deals of a pipeline that the viewer may see and the filters ask for."""
    return narrowed(Deal.objects.visible_to(viewer).filter(pipeline=pipeline), filters, viewer)


def _owner(filters: BoardFilters, viewer: Membership) -> Q:
    if filters.owner == ME:
        return Q(owner_id=viewer.id)
    if filters.owner == NOBODY:
        return Q(owner_id=None)
    if filters.owner == TEAM:
        teams = list(viewer.team_memberships.values_list("team_id", flat=True))
        colleagues = Membership.objects.filter(team_memberships__team_id__in=teams)
        found = list(colleagues.values_list("id", flat=True))
        return Q(owner_id__in=[*found, viewer.id]) | Q(team_id__in=teams)
    return Q(owner_id=filters.owner_id) if filters.owner_id else Q()


def _plain(filters: BoardFilters) -> Q:
    asked = Q()
    if filters.source:
        asked &= Q(source="" if filters.source == UNKNOWN else filters.source)
    if filters.channel:
        asked &= Q(channel_id=filters.channel)
    if filters.least is not None:
        asked &= Q(amount__gte=filters.least)
    if filters.most is not None:
        asked &= Q(amount__lte=filters.most)
    if filters.start:
        asked &= Q(created_at__gte=moments().begins(filters.start))
    if filters.end:
        asked &= Q(created_at__lt=moments().ends(filters.end))
    return asked


def _related(filters: BoardFilters) -> list[Any]:
    """By rows of other tables, each by Exists: a join would double the deals."""
    found: list[Any] = []
    to_do = Task.objects.to_do().filter(deal=OuterRef("pk"))
    if filters.untasked:
        found.append(~Exists(to_do))
    if filters.overdue:
        found.append(Exists(to_do.filter(due_at__lt=timezone.now())))
    if filters.label:
        labelled = ContactLabel.objects.filter(
            contact=OuterRef("contact_id"), label_id=filters.label
        )
        found.append(Exists(labelled))
    return found


def _search(text: str) -> Q:
    """By the customer, the amount, the title, or the number as in #12."""
    number = text.removeprefix("#")
    found = Q(contact__in=Contact.objects.matching(text)) | Q(title__icontains=text)
    amount = amount_of(text)
    if amount is not None:
        found |= Q(amount=amount)
    if number.isascii() and number.isdecimal() and len(number) < 18:
        found |= Q(number=int(number))
    return found

"""What links have brought: clicks, customers and leads, all links of a page in three queries."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Count, Sum

from contacts.models import Touch
from core.ids import uuid7
from crm.models import Deal
from marketing.models import TrackedLink, TrackedLinkDay
from workspaces.scope import current_workspace_id

_COUNT = """
    insert into marketing_trackedlinkday (id, workspace_id, created_at, link_id, day, clicks)
    values (%s, %s, now(), %s, %s, 1)
    on conflict (workspace_id, link_id, day)
        do update set clicks = marketing_trackedlinkday.clicks + 1
"""
MARK = "click_ids__tandem_link"


@dataclass
class Numbers:
    """`contacts` came through it, `leads` are deals whose touch it was, `won` those that bought."""

    clicks: int = 0
    contacts: int = 0
    leads: int = 0
    won: int = 0


def count_click(link: TrackedLink, day: date) -> None:
    """One more on this day."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [uuid7(), current_workspace_id(), link.pk, day])


def numbers_of(links: Collection[TrackedLink]) -> dict[UUID, Numbers]:
    """By the links' ids."""
    found = {link.pk: Numbers() for link in links}
    by_key = {link.key: link.pk for link in links}
    clicks = TrackedLinkDay.objects.filter(link__in=list(found)).values_list("link_id")
    for link_id, count in clicks.annotate(Sum("clicks")).order_by():
        found[link_id].clicks = count
    touches = Touch.objects.filter(**{f"{MARK}__in": list(by_key)}).values_list(MARK)
    for key, count in touches.annotate(Count("contact_id", distinct=True)).order_by():
        found[by_key[key]].contacts = count
    deals = Deal.objects.filter(**{f"touch__{MARK}__in": list(by_key)})
    for key, status, count in (
        deals.values_list(f"touch__{MARK}", "status").annotate(Count("id")).order_by()
    ):
        numbers = found[by_key[key]]
        numbers.leads += count
        if status == Deal.Status.WON:
            numbers.won += count
    return found

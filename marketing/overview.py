"""Broadcasts as a list: which, in what order, with what beside each."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Page, Paginator

from channels_connectors.models import Channel
from marketing.models import Broadcast
from marketing.reporting.figures import left_by_stop
from marketing.reporting.money import USUAL, revenue_of
from marketing.totals import totals_of
from workspaces.zones import workspace_in_scope

PAGE: Final = 50
LONGEST_QUERY: Final = 100
SETTLED: Final = ("sent", "failed", "skipped", "unknown")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to, as its address says."""

    status: str = ""
    channel: str = ""
    query: str = ""
    page: int = 1

    @classmethod
    def from_address(cls, parameters: Mapping[str, Any]) -> "Filters":
        """Whatever cannot be read counts as not asked."""
        status = str(parameters.get("status") or "")
        channel = _uuid(parameters.get("channel"))
        page = str(parameters.get("page") or "")
        return cls(
            status=status if status in Broadcast.Status.values else "",
            channel=str(channel) if channel else "",
            query=str(parameters.get("q") or "").replace("\0", "").strip()[:LONGEST_QUERY],
            page=int(page) if page.isdecimal() and len(page) < 7 else 1,
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.status or self.channel or self.query)

    def address(self, **changes: Any) -> str:
        """The list's parameters with some of them changed."""
        asked = {"status": self.status, "channel": self.channel, "q": self.query, **changes}
        return urlencode({name: value for name, value in asked.items() if value})

    def narrow(self, found: Any) -> Any:
        """Those of a queryset that are asked for, the newest first."""
        if self.status:
            found = found.filter(status=self.status)
        if self.channel:
            found = found.filter(channels__contains=[self.channel])
        if self.query:
            found = found.filter(name__icontains=self.query)
        return found.order_by("-created_at", "-id")


@dataclass(frozen=True, slots=True)
class Row:
    """A broadcast with its channels, in order, and its numbers. `people` is its audience so far,
    `settled` the part of it that is done with, without those whom a stop has left out
    (`unreached`); `revenue` is that of the usual window after it."""

    broadcast: Broadcast
    channels: list[Channel]
    totals: dict[str, int | None]
    revenue: Decimal = Decimal(0)
    unreached: int = 0

    @property
    def settled(self) -> int:
        return self._ended - self.unreached

    @property
    def people(self) -> int:
        return self._ended + (self.totals["queued"] or 0)

    @property
    def _ended(self) -> int:
        return sum(self.totals[name] or 0 for name in SETTLED)

    @property
    def has_begun(self) -> bool:
        return bool(self.people)


def rows_of(broadcasts: list[Broadcast]) -> list[Row]:
    """The rows of a page, in six queries however many there are."""
    numbers = totals_of([broadcast.pk for broadcast in broadcasts])
    begun = [broadcast.pk for broadcast in broadcasts if broadcast.launched_at]
    revenue = revenue_of(begun, USUAL, workspace_in_scope().currency)
    unreached = left_by_stop(broadcasts)
    wanted = {pk for broadcast in broadcasts for pk in map(_uuid, broadcast.channels) if pk}
    known = Channel.objects.filter(pk__in=wanted).defer("credentials").in_bulk()
    return [
        Row(
            broadcast,
            [known[pk] for pk in map(_uuid, broadcast.channels) if pk in known],
            numbers[broadcast.pk],
            revenue.get(broadcast.pk) or Decimal(0),
            unreached.get(broadcast.pk, 0),
        )
        for broadcast in broadcasts
    ]


def page_of(viewer: Any, filters: Filters) -> tuple[Page[Broadcast], list[Row]]:
    """A page of the broadcasts that the viewer may see."""
    found = filters.narrow(Broadcast.objects.visible_to(viewer).select_related("segment"))
    page = Paginator(found, PAGE).get_page(filters.page)
    return page, rows_of(list(page.object_list))


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text or ""))
    except ValueError:
        return None

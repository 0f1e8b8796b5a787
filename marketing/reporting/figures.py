"""The figures of a report: each a filter of recipients."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import pgettext_lazy

from marketing.models import UNSETTLED, Broadcast, BroadcastRecipient, State

_ARRIVED: Final = (State.DELIVERED, State.READ)
# What platforms say when the customer has blocked us, left, or deleted themselves.
GONE: Final = "recipient_gone"
# The reason of those who still waited when a broadcast was stopped.
LEFT_BY_STOP: Final = "stopped"

FIGURES: Final[dict[str, Q]] = {
    "everybody": Q(),
    "waiting": Q(state__in=UNSETTLED),
    "sent": Q(state__in=[State.SENT, *_ARRIVED]),
    "delivered": Q(state__in=_ARRIVED),
    "read": Q(state=State.READ),
    "answered": Q(answered_at__isnull=False),
    "clicked": Q(clicked_at__isnull=False),
    "unsubscribed": Q(unsubscribed_at__isnull=False),
    "failed": Q(state=State.FAILED),
    "blocked": Q(state=State.FAILED, error_class=GONE),
    "unknown": Q(state=State.UNKNOWN),
    "skipped": Q(state=State.SKIPPED),
}
LABELS: Final = {
    "everybody": pgettext_lazy("broadcast figure", "Everybody"),
    "waiting": pgettext_lazy("broadcast figure", "Waiting"),
    "sent": pgettext_lazy("broadcast figure", "Sent"),
    "delivered": pgettext_lazy("broadcast figure", "Delivered"),
    "read": pgettext_lazy("broadcast figure", "Read"),
    "answered": pgettext_lazy("broadcast figure", "Answered"),
    "clicked": pgettext_lazy("broadcast figure", "Followed a link"),
    "unsubscribed": pgettext_lazy("broadcast figure", "Unsubscribed"),
    "failed": pgettext_lazy("broadcast figure", "Not delivered"),
    "blocked": pgettext_lazy("broadcast figure", "Blocked us"),
    "unknown": pgettext_lazy("broadcast figure", "Outcome unknown"),
    "skipped": pgettext_lazy("broadcast figure", "Left out"),
}
# What each figure is a share of.
BASES: Final = {
    "delivered": "sent",
    "read": "delivered",
    "answered": "sent",
    "clicked": "sent",
    "unsubscribed": "sent",
    "failed": "tried",
    "blocked": "tried",
}


def counted(recipients: Any) -> dict[str, int]:
    """Every figure of a queryset of recipients, in one query."""
    found: dict[str, int] = recipients.order_by().aggregate(**_counts())
    return found


def counted_by(recipients: Any, column: str) -> dict[Any, dict[str, int]]:
    """Every figure for each value of a column."""
    rows = recipients.order_by().values(column).annotate(**_counts())
    return {row.pop(column): row for row in rows}


def share(name: str, figures: Mapping[str, int]) -> float | None:
    """A figure's part of what it is a share of; None for a part of nothing.

    Where a platform tells nothing of delivery, whoever read it counts of all to whom it was sent.
    """
    base = BASES.get(name)
    if base is None:
        return None
    if base == "delivered" and not figures["delivered"]:
        base = "sent"
    whole = (
        figures["sent"] + figures["failed"] + figures["unknown"]
        if base == "tried"
        else figures[base]
    )
    return figures[name] / whole if whole else None


def _counts() -> dict[str, Any]:
    return {name: Count("id", filter=condition) for name, condition in FIGURES.items()}


def left_by_stop(broadcasts: Iterable[Broadcast]) -> dict[UUID, int]:
    """How many each of them that was stopped has left out by that: it never came to them, so they
    are not done with."""
    stopped = [one.pk for one in broadcasts if one.status == Broadcast.Status.STOPPED]
    if not stopped:
        return {}
    rows = (
        BroadcastRecipient.objects.filter(
            broadcast__in=stopped, state=State.SKIPPED, reason=LEFT_BY_STOP
        )
        .order_by()
        .values_list("broadcast")
        .annotate(count=Count("id"))
    )
    return dict(rows)

"""How a broadcast fares, always counted from its recipients."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q

from marketing.models import BroadcastRecipient

EMPTY: Final = {
    "queued": 0, "sent": 0, "delivered": 0, "read": 0, "answered": 0, "failed": 0, "unknown": 0,
    "skipped": 0, "clicked": 0, "unsubscribed": 0,
}  # fmt: skip
# What came further has been there: a message that was read was delivered, and sent.
_COUNTED_AS: Final[dict[str, tuple[str, ...]]] = {
    "queued": ("queued",),
    "leased": ("queued",),
    "sending": ("queued",),
    "unknown": ("unknown",),
    "sent": ("sent",),
    "delivered": ("sent", "delivered"),
    "read": ("sent", "delivered", "read"),
    "failed": ("failed",),
    "skipped": ("skipped",),
}


def totals_of(broadcast_ids: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    """The numbers of each broadcast: everybody who came so far, or further."""
    return _totals("broadcast_id", broadcast_ids)


def totals(broadcast_id: UUID) -> dict[str, int]:
    """The numbers of one."""
    return totals_of([broadcast_id])[broadcast_id]


def totals_by_variant(broadcast_id: UUID) -> dict[str, dict[str, int]]:
    """The numbers of each variant, and of "" for who waits for the winner."""
    found: dict[str, dict[str, int]] = {}
    for row in _rows(BroadcastRecipient.objects.filter(broadcast_id=broadcast_id), "variant"):
        _add(found.setdefault(row["variant"], dict(EMPTY)), row)
    return found


def reasons(broadcast_id: UUID) -> dict[str, int]:
    """Why recipients were left out or failed, and how many by each reason."""
    rows = (
        BroadcastRecipient.objects.filter(broadcast_id=broadcast_id)
        .exclude(reason="")
        .values_list("reason")
        .annotate(Count("id"))
        .order_by("-id__count", "reason")
    )
    return dict(rows[:100])


def _totals(column: str, keys: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    found = {key: dict(EMPTY) for key in keys}
    for row in _rows(BroadcastRecipient.objects.filter(**{f"{column}__in": list(found)}), column):
        _add(found[row[column]], row)
    return found


def _rows(recipients: Any, column: str) -> Any:
    return (
        recipients.order_by()
        .values(column, "state")
        .annotate(
            count=Count("id"),
            answered=Count("id", filter=Q(answered_at__isnull=False)),
            clicked=Count("id", filter=Q(clicked_at__isnull=False)),
            unsubscribed=Count("id", filter=Q(unsubscribed_at__isnull=False)),
        )
    )


def _add(found: dict[str, int], row: dict[str, Any]) -> None:
    for name in _COUNTED_AS[row["state"]]:
        found[name] += row["count"]
    for name in ("answered", "clicked", "unsubscribed"):
        found[name] += row[name]

"""How a broadcast fares, always counted from its recipients.

That a message was delivered or read only some platforms tell. Counted are those who got it there;
where none of a broadcast's channels tells it, the number is None, not 0.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self
from uuid import UUID

from django.db.models import Count, Q

from channels_connectors.models import Channel
from channels_connectors.registry import kinds_that_tell
from marketing.models import BroadcastRecipient

Told = Literal["delivered", "read"]

EMPTY: Final = {
    "queued": 0, "sent": 0, "delivered": 0, "read": 0, "answered": 0, "failed": 0, "unknown": 0,
    "skipped": 0, "clicked": 0, "unsubscribed": 0,
}  # fmt: skip
TOLD: Final[tuple[Told, ...]] = ("delivered", "read")
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


@dataclass
class Tally:
    """Numbers that can be added. Of each of TOLD: `sent_where` it is told, and on how many the
    channel would tell it (`able`), of those who have a channel (`placed`)."""

    counts: dict[str, int] = field(default_factory=lambda: dict(EMPTY))
    sent_where: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TOLD, 0))
    able: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TOLD, 0))
    placed: int = 0

    def __iadd__(self, other: "Tally") -> Self:
        for mine, theirs in (
            (self.counts, other.counts), (self.sent_where, other.sent_where),
            (self.able, other.able),
        ):  # fmt: skip
            for name, count in theirs.items():
                mine[name] += count
        self.placed += other.placed
        return self

    def is_told(self, name: str) -> bool:
        """Whether any of the channels would tell it; where nobody has one yet, nothing is known."""
        return name not in self.able or bool(self.able[name]) or not self.placed

    def shown(self) -> dict[str, int | None]:
        """The numbers; None for what no channel tells."""
        return {name: count if self.is_told(name) else None for name, count in self.counts.items()}

    def part(self, name: str) -> tuple[int, int]:
        """(how many, of how many of the sent) where that is told."""
        return self.counts[name], self.sent_where.get(name, self.counts["sent"])

    def take(self, row: Mapping[str, Any], tells: Mapping[Told, Collection[UUID]]) -> None:
        """Count those of a state and a channel."""
        channel, count = row["channel"], row["count"]
        able = {name for name in TOLD if channel in tells[name]}
        for name in _COUNTED_AS[row["state"]]:
            if name not in TOLD or name in able:
                self.counts[name] += count
        for name in ("answered", "clicked", "unsubscribed"):
            self.counts[name] += row[name]
        self.placed += count if channel else 0
        for name in able:
            self.able[name] += count
            self.sent_where[name] += count if "sent" in _COUNTED_AS[row["state"]] else 0


def channels_that_tell() -> dict[Told, list[UUID]]:
    """The workspace's channels whose platform tells of each. They are named to the counting, which
    would take several times as long if it joined them."""
    kinds: dict[Told, list[str]] = {name: kinds_that_tell(name) for name in TOLD}
    known = list(Channel.objects.values_list("pk", "kind"))
    return {name: [pk for pk, kind in known if kind in kinds[name]] for name in TOLD}


def tallies_of(broadcast_ids: Iterable[UUID]) -> dict[UUID, Tally]:
    """The numbers of each broadcast: everybody who came so far, or further."""
    found = {pk: Tally() for pk in broadcast_ids}
    _count(BroadcastRecipient.objects.filter(broadcast__in=list(found)), "broadcast_id", found)
    return found


def totals_of(broadcast_ids: Iterable[UUID]) -> dict[UUID, dict[str, int | None]]:
    """The numbers of each broadcast, as they are shown."""
    return {pk: tally.shown() for pk, tally in tallies_of(broadcast_ids).items()}


def totals(broadcast_id: UUID) -> dict[str, int | None]:
    """The numbers of one."""
    return totals_of([broadcast_id])[broadcast_id]


def tallies_by_variant(broadcast_id: UUID) -> dict[str, Tally]:
    """The numbers of each variant, and of "" for who waits for the winner."""
    found: dict[str, Tally] = {}
    _count(BroadcastRecipient.objects.filter(broadcast_id=broadcast_id), "variant", found)
    return found


def totals_by_variant(broadcast_id: UUID) -> dict[str, dict[str, int | None]]:
    """The numbers of each variant, as they are shown."""
    return {key: tally.shown() for key, tally in tallies_by_variant(broadcast_id).items()}


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


def _count(recipients: Any, column: str, found: dict[Any, Tally]) -> None:
    tells = channels_that_tell()
    rows = (
        recipients.order_by()
        .values(column, "state", "channel")
        .annotate(
            count=Count("id"),
            answered=Count("id", filter=Q(answered_at__isnull=False)),
            clicked=Count("id", filter=Q(clicked_at__isnull=False)),
            unsubscribed=Count("id", filter=Q(unsubscribed_at__isnull=False)),
        )
    )
    for row in rows:
        found.setdefault(row[column], Tally()).take(row, tells)

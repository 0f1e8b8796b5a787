"""The figures of a report: each a filter of recipients.

That a message was delivered or read only some platforms tell: such figures count, and their shares
are of, only those who got it where that is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import pgettext_lazy

from marketing.models import UNSETTLED, Broadcast, BroadcastRecipient, State
from marketing.totals import TOLD, channels_that_tell

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


@dataclass(frozen=True, slots=True)
class Counted:
    """Every figure by its name, None where none of the channels tells it; of each of TOLD, of how
    many it is a share (`bases`)."""

    figures: dict[str, int | None]
    bases: dict[str, int]

    @property
    def shares(self) -> dict[str, float | None]:
        """Every figure's part of what it is a share of; None for a part of nothing."""
        return {name: self._share(name) for name in self.figures}

    @property
    def untold(self) -> list[str]:
        """What no channel tells."""
        return [name for name in TOLD if self.figures[name] is None]

    @property
    def is_partly_told(self) -> bool:
        """Whether it is told of some of what was sent, and not of all, that it was delivered."""
        return 0 < self.bases["delivered"] < self.number("sent")

    def number(self, name: str) -> int:
        """A figure as a number."""
        return self.figures[name] or 0

    def _share(self, name: str) -> float | None:
        base = BASES.get(name)
        if base is None:
            return None
        if name in self.bases:
            whole = self.bases[name]
        elif base == "tried":
            whole = sum(self.number(part) for part in ("sent", "failed", "unknown"))
        else:
            whole = self.number(base)
        return self.number(name) / whole if whole else None


def condition(name: str) -> Q:
    """Whom a figure counts."""
    found = FIGURES[name]
    return found & Q(channel__in=channels_that_tell()[name]) if name in TOLD else found


def counted(recipients: Any) -> Counted:
    """Every figure of a queryset of recipients, in one query."""
    return _read(recipients.order_by().aggregate(**_counts()))


def counted_by(recipients: Any, column: str) -> dict[Any, Counted]:
    """Every figure for each value of a column."""
    rows = recipients.order_by().values(column).annotate(**_counts())
    return {row.pop(column): _read(row) for row in rows}


def _counts() -> dict[str, Any]:
    where = {name: Q(channel__in=channels) for name, channels in channels_that_tell().items()}
    delivered, read = where["delivered"], where["read"]
    wanted = {
        **FIGURES,
        **{name: FIGURES[name] & where[name] for name in TOLD},
        "_placed": Q(channel__isnull=False),
        "_delivered": delivered,
        "_read": read,
        "_delivered_of": delivered & FIGURES["sent"],
        # Where only reading is told, who read it is a part of all to whom it was sent.
        "_read_of": read & (FIGURES["sent"] & ~delivered | FIGURES["delivered"]),
    }
    return {name: Count("id", filter=asked) for name, asked in wanted.items()}


def _read(row: Mapping[str, int]) -> Counted:
    figures: dict[str, int | None] = {name: row[name] for name in FIGURES}
    if row["_placed"]:
        figures |= {name: None for name in TOLD if not row[f"_{name}"]}
    return Counted(figures, {name: row[f"_{name}_of"] for name in TOLD})


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

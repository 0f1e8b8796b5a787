"""A broadcast's whole report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Min, Sum
from django.utils import timezone

from channels_connectors.models import Channel
from marketing import trials
from marketing.models import Broadcast, BroadcastLink, BroadcastRecipient, State
from marketing.reporting.figures import Counted, counted, counted_by, left_by_stop
from marketing.reporting.money import Money, cost_of, money_of
from marketing.reporting.words import words_of
from marketing.totals import TOLD
from workspaces.zones import workspace_in_scope

# The pace is that of so long.
PACE_OF: Final = timedelta(minutes=5)
# Who waits longer than so waits for their hour, not for their turn.
SOON: Final = timedelta(minutes=2)
MOST_REASONS: Final = 50
MOST_LINKS: Final = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A channel's or a variant's figures; `key` is what its people are filtered by."""

    key: str
    channel: Channel | None
    name: str
    counted: Counted

    @property
    def figures(self) -> dict[str, int | None]:
        """Each figure by its name; None for what the platform does not tell."""
        return self.counted.figures


@dataclass(frozen=True, slots=True)
class Reason:
    """Why so many got nothing; `share` is of the largest, in percent."""

    reason: str
    state: str
    words: str
    count: int
    share: int
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An address of the message: by how many people and how often it was followed."""

    url: str
    people: int
    clicks: int


@dataclass(frozen=True, slots=True)
class Pace:
    """Messages a minute lately, and when the rest would be sent at that pace; `goes_on_at`: where
    nobody's hour is now, when the next one's is."""

    per_minute: int
    ends_at: datetime | None = None
    goes_on_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """So many wait for the best version, which is chosen at that time; None: not known yet."""

    count: int
    decides_at: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """All that a report's page shows."""

    counted: Counted
    channels: list[Part]
    variants: list[Part]
    failures: list[Reason]
    skips: list[Reason]
    links: list[Link]
    money: Money
    cost: Decimal | None
    pace: Pace | None
    trial: Trial | None
    settled: int

    @property
    def figures(self) -> dict[str, int | None]:
        """Each figure by its name; None for what none of the channels tells."""
        return self.counted.figures

    @property
    def silent(self) -> list[Channel]:
        """The channels whose platforms do not tell of everything, to be named below the figures;
        none where the figures say it of all of them."""
        if self.counted.untold == list(TOLD):
            return []
        return [part.channel for part in self.channels if part.channel and part.counted.untold]


def recipients_of(broadcast: Broadcast) -> Any:
    """Everybody on its list."""
    return BroadcastRecipient.objects.filter(broadcast=broadcast)


def report_of(broadcast: Broadcast, days: int) -> Report:
    """Counted now."""
    recipients = recipients_of(broadcast)
    found = counted(recipients)
    reasons, channels = _reasons(recipients), _channels(recipients)
    sent = {part.channel: part.counted.number("sent") for part in channels if part.channel}
    return Report(
        counted=found,
        channels=channels,
        variants=_variants(broadcast, recipients),
        failures=_scaled([one for one in reasons if one.state == State.FAILED]),
        skips=_scaled([one for one in reasons if one.state == State.SKIPPED]),
        links=_links(broadcast),
        money=money_of(recipients, days, workspace_in_scope().currency),
        cost=cost_of(broadcast, sent),
        pace=_pace(broadcast, recipients, found.number("waiting")),
        trial=_trial(broadcast),
        settled=found.number("everybody")
        - found.number("waiting")
        - left_by_stop([broadcast]).get(broadcast.pk, 0),
    )


def _channels(recipients: Any) -> list[Part]:
    found = counted_by(recipients.exclude(channel=None), "channel")
    known = Channel.objects.filter(pk__in=list(found)).defer("credentials").in_bulk()
    parts = [
        Part(str(pk), known[pk], known[pk].name, figures)
        for pk, figures in found.items()
        if pk in known
    ]
    return sorted(parts, key=lambda part: (-part.figures["everybody"], part.name))


def _variants(broadcast: Broadcast, recipients: Any) -> list[Part]:
    if not broadcast.variants:
        return []
    found = counted_by(recipients, "variant")
    order = [str(variant["key"]) for variant in broadcast.variants]
    return [Part(key, None, key.upper(), found[key]) for key in order if key in found]


def _reasons(recipients: Any) -> list[Reason]:
    rows = (
        recipients.filter(state__in=[State.FAILED, State.SKIPPED])
        .order_by()
        .values_list("state", "reason", "error_class")
        .annotate(count=Count("id"))
    )
    found: dict[tuple[str, str], tuple[int, bool]] = {}
    for state, reason, error_class, count in rows:
        before, is_gone = found.get((state, reason), (0, False))
        found[state, reason] = (before + count, is_gone or error_class == "recipient_gone")
    return [
        Reason(reason, state, words_of(reason), count, 0, is_gone)
        for (state, reason), (count, is_gone) in found.items()
    ]


def _scaled(found: Sequence[Reason]) -> list[Reason]:
    """The most frequent first, beside the largest."""
    rows = sorted(found, key=lambda one: (-one.count, one.reason))[:MOST_REASONS]
    return [
        Reason(one.reason, one.state, one.words, one.count, one.count * 100 // rows[0].count,
               one.is_gone)
        for one in rows
    ]  # fmt: skip


def _links(broadcast: Broadcast) -> list[Link]:
    rows = (
        BroadcastLink.objects.filter(broadcast=broadcast)
        .values("url", "number")
        .annotate(people=Count("clicks"), times=Sum("clicks__count"))
        .order_by("-people", "number")
    )
    return [Link(row["url"], row["people"], row["times"] or 0) for row in rows[:MOST_LINKS]]


def _trial(broadcast: Broadcast) -> Trial | None:
    is_on = broadcast.status in {Broadcast.Status.RUNNING, Broadcast.Status.PAUSED}
    if not is_on or not trials.is_open(broadcast):
        return None
    count = trials.held(broadcast).count()
    ends_at = trials.ends_at(broadcast) if broadcast.is_frozen else None
    return Trial(count, ends_at) if count else None


def _pace(broadcast: Broadcast, recipients: Any, waiting: int) -> Pace | None:
    if broadcast.status != Broadcast.Status.RUNNING or not waiting:
        return None
    now = timezone.now()
    # Platforms tell moments in whole seconds.
    launched_at = (broadcast.launched_at or now).replace(microsecond=0)
    since = max(now - PACE_OF, launched_at)
    queued = recipients.filter(state=State.QUEUED).exclude(variant="")
    next_at = queued.aggregate(next=Min("next_at"))["next"]
    count = recipients.filter(sent_at__gte=since).count()
    seconds = max((now - since).total_seconds(), 1.0)
    if next_at is not None and next_at > now + SOON:
        return Pace(0, goes_on_at=next_at)
    if not count:
        return Pace(0)
    ends = now + timedelta(seconds=waiting * seconds / count) if broadcast.is_frozen else None
    return Pace(max(1, round(count * 60 / seconds)), ends)


def compared(broadcasts: Sequence[Broadcast], days: int) -> list[tuple[Broadcast, Counted, Money]]:
    """(broadcast, figures, money) of each, to stand side by side."""
    all_of_them = BroadcastRecipient.objects.filter(broadcast__in=[one.pk for one in broadcasts])
    found: dict[UUID, Counted] = counted_by(all_of_them, "broadcast")
    nothing = counted(BroadcastRecipient.objects.none())
    currency = workspace_in_scope().currency
    rows = []
    for broadcast in broadcasts:
        money = money_of(recipients_of(broadcast), days, currency)
        rows.append((broadcast, found.get(broadcast.pk, nothing), money))
    return rows

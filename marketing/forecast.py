"""What a broadcast would do if it were launched now: to how many, by which channel, until when, at
what price, and who would be left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from channels_connectors.models import Channel, MessageTemplate
from channels_connectors.registry import connector_class
from marketing import limits, reach
from marketing.audience import audience_of
from marketing.engine.pace import UNNAMED
from marketing.models import Broadcast
from marketing.schedules import Window, at_wall_clock, zone_of, zone_of_contact
from marketing.variables import Missing, missing_of
from workspaces.zones import zone

# Longer than so nobody looks ahead.
FURTHEST: Final = timedelta(days=120)
# Whose zones tell when the last hour comes.
ASKED_FOR_ZONES: Final = 500


@dataclass(frozen=True, slots=True)
class Part:
    """Those who are written to on one channel. `seconds` of sending without a pause; `cost` in the
    workspace's currency, None where the platform charges and nobody has told the price."""

    channel: Channel
    count: int
    seconds: float
    category: str
    cost: Decimal | None

    @property
    def is_paid(self) -> bool:
        return bool(self.category)


@dataclass(frozen=True, slots=True)
class Forecast:
    """`skipped` are (reason, words, count). Estimated ones were counted on a part of so many."""

    contacts: int
    is_estimated: bool
    parts: list[Part]
    skipped: list[tuple[str, str, int]]
    missing: list[Missing]
    begins_at: datetime
    ends_at: datetime

    @property
    def is_at_once(self) -> bool:
        """Whether the first message would go now."""
        return self.begins_at <= timezone.now() + timedelta(minutes=1)

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts)

    @property
    def left_out(self) -> int:
        return self.contacts - self.count

    @property
    def cost(self) -> Decimal:
        return sum((part.cost for part in self.parts if part.cost), Decimal(0))

    @property
    def has_unpriced(self) -> bool:
        return any(part.is_paid and part.cost is None and part.count for part in self.parts)

    @property
    def is_paid(self) -> bool:
        return any(part.is_paid and part.count for part in self.parts)


def forecast(broadcast: Broadcast, channel_ids: Sequence[UUID] | None = None) -> Forecast:
    """Of a draft; `channel_ids` are tried instead of its own channels. Raises InvalidCondition."""
    ids = [UUID(str(pk)) for pk in broadcast.channels] if channel_ids is None else channel_ids
    rules = reach.rules(ids, broadcast.template)
    people = audience_of(broadcast)
    fresh = people.filter(limits.rested(broadcast)) if limits.caps_of(broadcast) else people
    told = reach.split(fresh, rules, broadcast.consent_policy)
    known = Channel.objects.filter(pk__in=ids).defer("credentials").in_bulk()
    parts = [
        _part(broadcast, known[pk], count) for pk, count in told["channels"].items() if pk in known
    ]
    total = told["contacts"] if fresh is people else people.count()
    skipped = dict(told["skipped"])
    if total > told["contacts"]:
        skipped["too_often"] = total - told["contacts"]
    begins, ends = _times(broadcast, parts, fresh)
    return Forecast(
        contacts=total,
        is_estimated=told["estimated"],
        parts=parts,
        skipped=[
            (word, _(reach.WORDS[word]), count)
            for word, count in sorted(skipped.items(), key=lambda item: -item[1])
            if count
        ],
        missing=missing_of(broadcast, fresh),
        begins_at=begins,
        ends_at=ends,
    )


def _part(broadcast: Broadcast, channel: Channel, count: int) -> Part:
    try:
        capabilities = connector_class(channel.kind).capabilities_with(channel.settings)
    except KeyError:
        return Part(channel, count, 0.0, "", None)
    rate = capabilities.sends_per_second or UNNAMED
    category = ""
    if capabilities.templates and broadcast.template:
        category = _category(channel, broadcast.template)
    price = limits.price_of(category) if category else None
    cost = price * count if price is not None else None
    return Part(channel, count, count / rate, category, cost)


def _category(channel: Channel, template: dict[str, Any]) -> str:
    found = MessageTemplate.objects.filter(
        Q(channel=channel), name=template.get("name"), language=template.get("language")
    )
    return str(found.values_list("category", flat=True).first() or "")


def _times(broadcast: Broadcast, parts: list[Part], people: Any) -> tuple[datetime, datetime]:
    """When the first and the last message go, as far as hours, limits and rates tell. Channels
    send side by side."""
    own = zone()
    begins = timezone.now()
    if broadcast.schedule != Broadcast.Schedule.NOW and broadcast.starts_at is not None:
        begins = max(begins, broadcast.starts_at)
    begins = limits.next_open(broadcast, begins, own)
    ends = _worked(broadcast, begins, max((part.seconds for part in parts), default=0.0))
    limit = limits.settings_in_scope().daily_limit
    count = sum(part.count for part in parts)
    if limit and count > (room := limits.room_today() or 0):
        ends = max(ends, begins + timedelta(days=ceil((count - room) / limit)))
    if broadcast.schedule == Broadcast.Schedule.LOCAL:
        ends = max(ends, _last_hour(broadcast, begins, people))
    if broadcast.winner:
        ends += timedelta(hours=float(broadcast.winner["hours"]))
    return begins, ends


def _last_hour(broadcast: Broadcast, begins: datetime, people: Any) -> datetime:
    """When that hour has come in the last zone of these people, as some of them tell."""
    own, now, window = zone(), timezone.now(), Window.of(broadcast.window)
    sample = people.order_by().values_list("phone", "fields")[:ASKED_FOR_ZONES]
    last = begins
    for name in {zone_of_contact(phone, fields) for phone, fields in sample}:
        theirs = zone_of(name) or own
        moment = at_wall_clock(broadcast.starts_at or now, own, theirs, not_before=now)
        last = max(last, window.next_open(moment, theirs) if window else moment)
    return last


def _worked(broadcast: Broadcast, moment: datetime, seconds: float) -> datetime:
    """The moment after so many seconds of sending in the allowed hours."""
    own, furthest = zone(), moment + FURTHEST
    windows = [w for w in (Window.of(broadcast.window), limits.loud_hours()) if w is not None]
    while windows and moment < furthest:
        moment = limits.next_open(broadcast, moment, own)
        closes = min(window.closes(moment, own) for window in windows)
        room = (closes - moment).total_seconds()
        if seconds <= room or room <= 0:
            break
        seconds -= room
        moment = closes
    return moment + timedelta(seconds=seconds)

"""How all channels of a workspace are, in a fixed number of queries whatever lies behind them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels_connectors.models import Channel, ChannelDay
from channels_connectors.registry import connector_class
from inbox.models import InboundEnvelope, Message
from inbox.models.message import Status

DAYS: Final = 14
# A longer queue is not counted to its end.
MOST_WAITING: Final = 10_000
_BAR_HEIGHT: Final = 20


@dataclass(frozen=True)
class Bar:
    """A day in a row of bars, in the units of its drawing."""

    x: int
    y: int
    height: int
    is_bad: bool


@dataclass
class Row:
    """One channel and what went through it."""

    channel: Channel
    waiting: int = 0
    days: dict[date, ChannelDay] = field(default_factory=dict)
    today: date = date.min

    @property
    def label(self) -> Any:
        return label(self.channel.kind)

    @property
    def count(self) -> int:
        """Messages of today, both ways."""
        day = self.days.get(self.today)
        return day.received + day.sent if day else 0

    @property
    def bars(self) -> list[Bar]:
        """DAYS of them, the last one today; a red one had messages that did not go."""
        counts = [self._sum(self.today - timedelta(DAYS - 1 - number)) for number in range(DAYS)]
        most = max(1, *(total for total, _ in counts))
        bars = []
        for number, (total, failed) in enumerate(counts):
            height = max(2, round(_BAR_HEIGHT * total / most))
            bars.append(Bar(number * 6, _BAR_HEIGHT - height, height, failed > 0))
        return bars

    @property
    def last_received_at(self) -> datetime | None:
        return max(filter(None, (day.last_received_at for day in self.days.values())), default=None)

    @property
    def last_sent_at(self) -> datetime | None:
        return max(filter(None, (day.last_sent_at for day in self.days.values())), default=None)

    @property
    def warning(self) -> str:
        """What the last check found, a msgid."""
        if not self.channel.is_connected:
            return ""
        return str((self.channel.health.get("check") or {}).get("warning") or "")

    @property
    def detail(self) -> str:
        return str((self.channel.health.get("check") or {}).get("detail") or "")

    @property
    def waiting_words(self) -> str:
        """ "4 messages wait", empty for none."""
        if not self.waiting:
            return ""
        if self.waiting >= MOST_WAITING:
            return _("More than %(number)d messages wait") % {"number": MOST_WAITING}
        words = ngettext("%(number)d message waits", "%(number)d messages wait", self.waiting)
        return words % {"number": self.waiting}

    def _sum(self, day: date) -> tuple[int, int]:
        found = self.days.get(day)
        return (found.received + found.sent, found.failed) if found else (0, 0)


def rows(channels: QuerySet[Channel]) -> list[Row]:
    """The channels in their order; those that are switched off stand last."""
    listed = list(
        with_parked(channels.defer("credentials").select_related("team", "status_by__user"))
    )
    listed.sort(key=lambda channel: not channel.is_connected)
    ids = [channel.pk for channel in listed]
    waiting, days, today = _waiting(ids), _days(ids), timezone.localdate()
    return [
        Row(channel, waiting.get(channel.pk, 0), days.get(channel.pk, {}), today)
        for channel in listed
    ]


def with_parked(channels: QuerySet[Channel]) -> QuerySet[Channel]:
    """With the number of the channel's `parked` envelopes."""
    # `state <> 'done'` repeats the condition of the index.
    parked = (
        InboundEnvelope.objects.filter(~Q(state="done"), channel=OuterRef("pk"), state="parked")
        .order_by()
        .values("channel")
        .annotate(number=Count("pk"))
    )
    return channels.annotate(parked=Coalesce(Subquery(parked.values("number")), 0))


def label(kind: str) -> Any:
    """What a kind of channel is called."""
    try:
        return connector_class(kind).label
    except KeyError:
        return kind


def _waiting(ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many messages wait to go, for each channel; the index of the outbox knows them."""
    queued = Message.objects.filter(status__in=[Status.QUEUED, Status.SENDING]).order_by()
    some = queued.values("id")[:MOST_WAITING]
    counted = (
        Message.objects.filter(pk__in=some, channel_id__in=list(ids))
        .order_by()
        .values_list("channel_id")
        .annotate(number=Count("pk"))
    )
    return dict(counted)


def _days(ids: Iterable[UUID]) -> dict[UUID, dict[date, ChannelDay]]:
    """The days of the bars, and before them the newest one, for when something last came."""
    found: dict[UUID, dict[date, ChannelDay]] = {}
    since = timezone.localdate() - timedelta(DAYS - 1)
    newest = (
        ChannelDay.objects.filter(channel=OuterRef("channel")).order_by("-day").values("pk")[:1]
    )
    kept = ChannelDay.objects.filter(channel_id__in=list(ids)).filter(
        Q(day__gte=since) | Q(pk=Subquery(newest))
    )
    for day in kept:
        found.setdefault(day.channel_id, {})[day.day] = day
    return found

"""What part of some contacts each channel reaches, in words for a screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from channels_connectors.models import Channel
from marketing import reach
from marketing.models import Broadcast

MOST: Final = 10
SHORT: Final = dict(reach.SHORT)


@dataclass(frozen=True, slots=True)
class Share:
    """One channel: how many it reaches, and for each reason how many it does not."""

    channel: Channel
    reachable: int
    of: int
    reasons: list[tuple[str, int]]

    @property
    def percent(self) -> int:
        return round(100 * self.reachable / self.of) if self.of else 0


@dataclass(frozen=True, slots=True)
class Shares:
    """All channels. `reachable`: on any of them. `is_estimated`: counted on a part of them."""

    contacts: int
    reachable: int
    is_estimated: bool
    channels: list[Share]

    @property
    def unreachable(self) -> int:
        return self.contacts - self.reachable

    @property
    def percent(self) -> int:
        return round(100 * self.reachable / self.contacts) if self.contacts else 0


def shares_of(
    contacts: Any,
    *,
    channels: Sequence[Channel] | None = None,
    template: dict[str, Any] | None = None,
    consent: str = Broadcast.ConsentPolicy.NOT_REFUSED,
) -> Shares:
    """Of a queryset of contacts; without `channels`, on all that are connected."""
    known = list(usable_channels()[:MOST]) if channels is None else list(channels)
    if not known:
        return Shares(contacts.count(), 0, False, [])
    told = reach.reach(contacts, reach.rules([one.pk for one in known], template), consent)
    by_id = {part["channel"]: part for part in told["channels"]}
    found = []
    for channel in known:
        part = by_id[channel.pk]
        reasons = sorted(part["reasons"].items(), key=lambda item: -item[1])
        words = [(_(SHORT[word]), count) for word, count in reasons if count]
        found.append(Share(channel, part["reachable"], told["contacts"], words))
    return Shares(told["contacts"], told["reachable"], told["estimated"], found)


def usable_channels() -> Any:
    """The workspace's channels that a broadcast may go by, by name."""
    seen = Channel.objects.exclude(status=Channel.Status.DISCONNECTED).defer("credentials")
    return seen.order_by("name", "id")

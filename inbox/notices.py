"""What platforms told of an account, gathered by topic."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Max, Sum, Window
from django.db.models.functions import RowNumber

from channels_connectors.models import Channel, ChannelNotice
from inbox.facts_of_health import in_words
from inbox.health.verdicts import OURS

# Of each topic so many are shown whole; older ones than the newest thousands are not counted.
SHOWN: Final = 3
MOST: Final = 5000
MOST_TOPICS: Final = 50


@dataclass
class Topic:
    """One topic with its newest notices."""

    name: str
    count: int
    last_at: datetime
    newest: list[ChannelNotice] = field(default_factory=list)

    @property
    def level(self) -> str:
        return str(self.newest[0].level) if self.newest else "info"


def topics_of(channel: Channel) -> list[Topic]:
    """The topics, the one that was told of last first. Two queries."""
    own = ChannelNotice.objects.filter(channel=channel)
    recent = own.order_by("-id").values("pk")[:MOST]
    counted = (
        own.filter(pk__in=recent)
        .order_by()
        .values("topic")
        .annotate(count=Sum(F("older_count") + 1), last=Max("at"))
        .order_by("-last")[:MOST_TOPICS]
    )
    topics = {row["topic"]: Topic(row["topic"], row["count"], row["last"]) for row in counted}
    if not topics:
        return []
    ranked = own.filter(pk__in=recent, topic__in=list(topics)).annotate(
        place=Window(RowNumber(), partition_by=F("topic"), order_by=F("at").desc())
    )
    for notice in ranked.filter(place__lte=SHOWN).order_by("-at"):
        topics[notice.topic].newest.append(notice)
    return list(topics.values())


def facts_of(channel: Channel, known: dict[str, Any]) -> list[tuple[str, Any]]:
    """What the platform says of the account's health, with the words for it in `known`.

    Names without words are shown as they are; nested values are left to the raw view.
    """
    found = []
    for name, value in channel.health.items():
        if name in OURS or name == "words" or value in ("", None) or isinstance(value, dict | list):
            continue
        found.append((known.get(name, name.replace("_", " ")), in_words(name, value)))
    return found

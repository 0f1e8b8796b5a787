"""What platforms told of an account, gathered by topic."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Max, Sum, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_connectors.models import Channel, ChannelNotice
from inbox.facts_of_health import account_in_words, in_words
from inbox.health.verdicts import OURS

# Of each topic so many are shown whole; older ones than the newest thousands are not counted.
SHOWN: Final = 3
MOST: Final = 5000
MOST_TOPICS: Final = 50
# What stands for a topic whose notices bring no words of their own.
_TITLES: Final = {
    "comment_created": gettext_lazy("Somebody has written a comment."),
    "comment_edited": gettext_lazy("Somebody has changed a comment."),
    "comment_removed": gettext_lazy("A comment was removed."),
    "email.delayed": gettext_lazy("A letter of yours is delayed on its way."),
    "email.report": gettext_lazy("Report on a letter of yours."),
    "errors": gettext_lazy("The platform tells of an error."),
    "history": gettext_lazy("Messages of the past."),
    "other_account": gettext_lazy("News of another account."),
    "other_number": gettext_lazy("News of another number of the account."),
    "unreadable": gettext_lazy("A part of a delivery could not be read."),
}


@dataclass
class Topic:
    """One topic with its newest notices."""

    name: str
    count: int
    last_at: datetime
    newest: list[ChannelNotice] = field(default_factory=list)

    @property
    def title(self) -> str:
        """In words: those of the newest notice, or what is known of the topic."""
        if self.newest and self.newest[0].words:
            return _(self.newest[0].words)
        known = _TITLES.get(self.name)
        return str(known) if known else _("Other news: %(name)s") % {"name": self.name}

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

    Names without words are shown as they are; nested values are left to the raw view, but for the
    business accounts that let a bot answer.
    """
    found = []
    for name, value in channel.health.items():
        if isinstance(value, dict) and "owner" in value:
            found.append((_("Business account"), account_in_words(value)))
        if name in OURS or name == "words" or value in ("", None) or isinstance(value, dict | list):
            continue
        found.append((known.get(name, name.replace("_", " ")), in_words(name, value)))
    return found

"""Those behind a figure: the same filter, narrowed further, as rows of a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import OuterRef, Subquery

from inbox.models import Conversation
from marketing.reporting.figures import FIGURES, LABELS, condition

LONGEST: Final = 250


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which people of a broadcast are asked for, as an address says. What cannot be read counts as
    not asked."""

    figure: str = "everybody"
    channel: str = ""
    variant: str = ""
    reason: str = ""

    @classmethod
    def from_address(cls, parameters: Mapping[str, Any]) -> Self:
        """Read an address's parameters."""
        figure = str(parameters.get("figure") or "")
        try:
            channel = str(UUID(str(parameters.get("channel") or "")))
        except ValueError:
            channel = ""
        return cls(
            figure if figure in FIGURES else "everybody",
            channel,
            _plain(parameters.get("variant"), 20),
            _plain(parameters.get("reason"), LONGEST),
        )

    @property
    def label(self) -> Any:
        return LABELS[self.figure]

    def of(self, recipients: Any) -> Any:
        """Those of the recipients that are meant."""
        found = recipients.filter(condition(self.figure))
        if self.channel:
            found = found.filter(channel=self.channel)
        if self.variant:
            found = found.filter(variant=self.variant)
        if self.reason:
            found = found.filter(reason=self.reason)
        return found

    def address(self, **changes: Any) -> str:
        """The parameters with some of them changed."""
        asked = {
            "figure": self.figure, "channel": self.channel, "variant": self.variant,
            "reason": self.reason, **changes,
        }  # fmt: skip
        return urlencode({name: value for name, value in asked.items() if value})


def with_conversations(recipients: Any) -> Any:
    """The rows with whom they are of, where, and which conversation shows the message."""
    there = Conversation.objects.filter(
        contact=OuterRef("contact"), channel=OuterRef("channel")
    ).order_by("-last_activity_at")
    anywhere = Conversation.objects.filter(contact=OuterRef("contact")).order_by(
        "-last_activity_at"
    )
    return recipients.select_related("contact", "channel").annotate(
        conversation_there=Subquery(there.values("pk")[:1]),
        conversation_anywhere=Subquery(anywhere.values("pk")[:1]),
    )


def _plain(value: Any, longest: int) -> str:
    return str(value or "").replace("\0", "")[:longest]

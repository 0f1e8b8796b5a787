"""How long a platform lets us answer after the customer's last message."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from channels_connectors.types import Capabilities
from inbox.models import Conversation, Message
from inbox.models.message import Direction


@dataclass(frozen=True, slots=True)
class Window:
    """`hours` after the customer's last message; `opened_at` None: they never wrote."""

    hours: int
    opened_at: datetime | None

    @property
    def closes_at(self) -> datetime | None:
        return self.opened_at + timedelta(hours=self.hours) if self.opened_at else None

    @property
    def is_open(self) -> bool:
        return self.closes_at is not None and self.closes_at > timezone.now()


def window_of(conversation: Conversation, capabilities: Capabilities) -> Window | None:
    """The conversation's window; None where the platform knows none."""
    if capabilities.window_hours is None:
        return None
    opened_at = conversation.last_incoming_at
    if opened_at is None:
        asked = Message.objects.filter(conversation=conversation, direction=Direction.INCOMING)
        latest = asked.in_order().last()
        opened_at = latest.sent_at if latest else None
    return Window(capabilities.window_hours, opened_at)

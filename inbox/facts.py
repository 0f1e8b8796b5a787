"""Facts of the journal between the bubbles of a thread, and the order of both."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from events.models import Event

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def sort_key(at: datetime, order: int, id: UUID) -> str:
    """The place in a thread, comparable as text: the platform's time, its order, our id."""
    micros = (at - EPOCH) // timedelta(microseconds=1)
    return f"{micros:017d}-{order:020d}-{id.hex}"


@dataclass
class Fact:
    """A line between the messages: who did what."""

    event: Event
    sentence: str

    @property
    def at(self) -> datetime:
        return self.event.at

    @property
    def moment(self) -> str:
        return self.event.at.isoformat()

    @property
    def key(self) -> str:
        return sort_key(self.event.at, 0, self.event.id)

    @property
    def dom_id(self) -> str:
        return f"fact_{self.event.id}"

"""Questions how a conversation was, and the marks that came back.

Both count on the day of the question, so that the share of answers never goes beyond the whole; a
mark that is changed takes the place of the one before.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from analytics.facts import writing
from analytics.models import Fact, Kind
from events import types
from events.models import Event

ACTIONS: Final = (
    types.CONVERSATION_RATING_ASKED,
    types.CONVERSATION_RATING_FAILED,
    types.CONVERSATION_RATED,
)


def derive_ratings(events: list[Event]) -> None:
    """Bring the facts of ratings in line with what the last event of each tells of it."""
    last = {event.data["rating"]: event for event in events}
    if not last:
        return
    facts = Fact.objects.filter(
        kind__in=[Kind.RATING_ASKED, Kind.RATED],
        contact_id__in={UUID(event.data["contact"]) for event in last.values()},
        voided_at=None,
    )
    known = [fact for fact in facts if fact.natural_key.partition("@")[0] in last]
    writing.replace(known, [fact for event in last.values() for fact in _facts(event)])


def _facts(event: Event) -> list[Fact]:
    if event.action == types.CONVERSATION_RATING_FAILED:
        return []
    asked = _fact(Kind.RATING_ASKED, event)
    if event.action == types.CONVERSATION_RATING_ASKED:
        return [asked]
    rated = _fact(Kind.RATED, event)
    rated.amount = int(event.data["score"])
    return [asked, rated]


def _fact(kind: str, event: Event) -> Fact:
    data = event.data
    return Fact(
        kind=kind,
        natural_key=f"{data['rating']}@{event.seq}",
        at=datetime.fromisoformat(data["asked_at"]) if data["asked_at"] else event.at,
        conversation_id=event.conversation_id,
        contact_id=UUID(data["contact"]),
        channel_id=UUID(data["channel"]),
        team_id=UUID(data["team"]) if data["team"] else None,
        agent_id=UUID(data["agent"]) if data["agent"] else None,
    )

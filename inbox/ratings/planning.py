"""A conversation was closed: whether its customer is to be asked, and when."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from events import types
from events.models import Event
from inbox.models import Conversation, Message, Rating
from inbox.models.message import Direction, Kind, Status
from inbox.ratings.rules import rules

ACTIONS: Final = (types.CONVERSATION_CLOSED,)
# What a program wrote, or one letter to many, is no talk that could be rated.
_NOT_BY_PEOPLE: Final = ("auto", "auto_reply", "is_bot", "broadcast")
_ARRIVED: Final = (Status.SENT, Status.DELIVERED, Status.READ, Status.UNKNOWN)


def on_events(events: list[Event]) -> None:
    """Plan a question for each closing whose channel asks. A batch that is read again plans
    nothing twice."""
    known = rules()
    if not any(rule.is_on for rule in known.values()):
        return
    closings: dict[UUID, Event] = {
        event.conversation_id: event for event in events if event.conversation_id
    }
    closed = Conversation.objects.filter(
        pk__in=closings,
        status=Conversation.Status.CLOSED,
        contact__blocked_at=None,
        identity__is_group=False,
    )
    planned = []
    for conversation in closed:
        rule = known.get(conversation.channel_id) or known[None]
        event = closings[conversation.pk]
        if rule.is_on and _was_a_talk(conversation):
            planned.append(
                Rating(
                    conversation=conversation,
                    contact_id=conversation.contact_id,
                    channel_id=conversation.channel_id,
                    agent_id=conversation.assignee_id,
                    team_id=conversation.team_id,
                    closed_seq=event.seq,
                    due_at=event.at + timedelta(minutes=rule.delay_minutes),
                )
            )
    Rating.objects.bulk_create(planned, ignore_conflicts=True)


def asked_lately(rating: Rating, days: int) -> bool:
    """Whether the customer was asked within these days, in any of their conversations."""
    since = timezone.now() - timedelta(days=days)
    asked = Rating.objects.filter(contact_id=rating.contact_id, asked_at__gt=since)
    return bool(asked.exclude(state=Rating.State.FAILED).exclude(pk=rating.pk).exists())


def _was_a_talk(conversation: Conversation) -> bool:
    """Whether the customer wrote and a person answered since it was opened."""
    said = Message.objects.filter(
        conversation=conversation, created_at__gte=conversation.opened_at, deleted_at=None
    )
    answers = said.filter(direction=Direction.OUTGOING, status__in=_ARRIVED)
    if not answers.exclude(payload__has_any_keys=_NOT_BY_PEOPLE).exists():
        return False
    asked = said.filter(direction=Direction.INCOMING)
    return bool(asked.exclude(kind__in=[Kind.SYSTEM, Kind.REACTION]).exists())

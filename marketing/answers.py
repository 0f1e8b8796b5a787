"""Customers who answer a broadcast: counted, and brought to whom the broadcast says."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from events import types
from events.journal import SYSTEM
from events.models import Event
from inbox.models import Conversation, Message
from inbox.models.message import Direction, Kind
from marketing.models import BroadcastRecipient
from marketing.statuses import tell_later
from marketing.stop_words import is_command

ACTIONS: Final = (types.MESSAGE_RECEIVED,)
# What is written so long after a broadcast's message is an answer to it.
ANSWERS_WITHIN: Final = timedelta(days=3)
_SILENT: Final = frozenset({Kind.SYSTEM, Kind.REACTION})


def on_events(events: list[Event]) -> None:
    """Mark answers, the first of each recipient once, and route what they open."""
    asked = [
        event
        for event in events
        if event.conversation_id
        and event.data.get("direction") == Direction.INCOMING
        and event.data.get("kind") not in _SILENT
        and not event.data.get("is_rating")
    ]
    texts = dict(
        Message.objects.filter(pk__in=[event.subject_id for event in asked]).values_list(
            "pk", "text"
        )
    )
    for event in asked:
        if not is_command(texts.get(event.subject_id, "")):
            _answer(event)


def _answer(event: Event) -> None:
    at = _moment(event)
    sent = (
        Message.objects.filter(
            conversation=event.conversation_id,
            direction=Direction.OUTGOING,
            payload__has_key="broadcast",
            sent_at__range=(at - ANSWERS_WITHIN, at),
        )
        .in_order()
        .last()
    )
    if sent is None:
        return
    recipient = (
        BroadcastRecipient.objects.filter(pk=sent.pk)
        .select_related("broadcast__reply_team", "broadcast__reply_assignee__user")
        .select_for_update(no_key=True, of=("self",))
        .first()
    )
    if recipient is None or recipient.answered_at is not None:
        return
    recipient.answered_at = at
    recipient.save(update_fields=["answered_at"])
    tell_later([recipient.broadcast_id])
    _route(event.conversation_id, recipient)


def _route(conversation_id: UUID | None, recipient: BroadcastRecipient) -> None:
    """To the broadcast's own people, unless somebody has the conversation by now."""
    broadcast = recipient.broadcast
    team, member = broadcast.reply_team, broadcast.reply_assignee
    if team is None and member is None:
        return
    conversation = (
        Conversation.objects.select_for_update(no_key=True).filter(pk=conversation_id).first()
    )
    if conversation is None or conversation.status != Conversation.Status.NEW:
        return
    if member is not None and not member.is_active:
        member = None
    conversation.assign(
        to=member,
        team=team,
        by=SYSTEM,
        action=types.CONVERSATION_ROUTED,
        reason="broadcast",
        broadcast=str(broadcast.pk),
    )


def _moment(event: Event) -> datetime:
    said = datetime.fromisoformat(str(event.data.get("sent_at") or event.at.isoformat()))
    return min(said, timezone.now())

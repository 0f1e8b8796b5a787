"""The automatic reply to who writes outside of the working hours."""

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from channels_connectors.models import Channel
from events import types
from events.journal import SYSTEM
from events.models import Event
from inbox.actions import send_message
from inbox.models import Conversation, Message
from inbox.models.message import Direction, Kind
from workspaces.actions import hours_of
from workspaces.calendars import is_open
from workspaces.models import Calendar, Workspace
from workspaces.scope import current_workspace_id

logger = logging.getLogger(__name__)

ACTIONS: Final = (types.MESSAGE_RECEIVED,)
# News that comes late, from a platform's backlog or a replay, is nobody's question of this hour.
FRESH: Final = timedelta(minutes=30)
# Two machines that answer each other stop here, within a day and a conversation.
MOST_A_DAY: Final = 3
_SILENT_KINDS: Final = frozenset({Kind.SYSTEM, Kind.REACTION})
# A connector marks with any of these what a program wrote.
_BY_MACHINE: Final = ("auto", "auto_reply", "is_bot")


def on_events(events: list[Event]) -> None:
    """Reply where the channel has words for it and nobody is at work. Once for each cycle of a
    conversation: until a person has answered or it was opened again."""
    last: dict[UUID, Event] = {}
    for event in events:
        if event.conversation_id and _is_question(event):
            last[event.conversation_id] = event
    if not last:
        return
    channels = {
        channel.pk: channel
        for channel in Channel.objects.filter(
            pk__in={event.data["channel"] for event in last.values()}
        )
        .exclude(away_reply="")
        .select_related("team")
    }
    for conversation_id, event in last.items():
        channel = channels.get(UUID(event.data["channel"]))
        if channel is not None and channel.can_send and not _is_at_work(channel, event.at):
            _reply(conversation_id, channel, event)


def _is_question(event: Event) -> bool:
    said = datetime.fromisoformat(str(event.data.get("sent_at") or event.at.isoformat()))
    return (
        "channel" in event.data
        and event.data.get("direction") == Direction.INCOMING
        and event.data.get("kind") not in _SILENT_KINDS
        and not event.data.get("is_rating")
        and timezone.now() - min(said, event.at) < FRESH
    )


def _is_at_work(channel: Channel, at: datetime) -> bool:
    workspace = Workspace.objects.get(pk=current_workspace_id())
    above = [(Calendar.Owner.CHANNEL, channel.pk)]
    if channel.team_id:
        above.append((Calendar.Owner.TEAM, channel.team_id))
    return is_open(hours_of(workspace, *above, at=at), at)


def _reply(conversation_id: UUID, channel: Channel, event: Event) -> None:
    conversation = (
        Conversation.objects.select_related("channel", "identity")
        .filter(pk=conversation_id)
        .first()
    )
    message = Message.objects.filter(pk=event.subject_id).first()
    if conversation is None or message is None or conversation.identity.is_group:
        return
    if any(message.payload.get(sign) for sign in _BY_MACHINE):
        return
    # Under the lock that every sender takes: two workers, one reply.
    conversation.lock()
    if conversation.waiting_since is None or not _is_due(conversation):
        return
    try:
        with transaction.atomic():
            reply = send_message(conversation, channel.away_reply, by=SYSTEM, cc=())
            reply.payload = {**reply.payload, "auto": "away"}
            reply.save(update_fields=["payload"])
    except ValidationError as refusal:
        logger.info("No reply outside of working hours: %s", refusal.messages[0])


def _is_due(conversation: Conversation) -> bool:
    """Whether this cycle has had no automatic reply yet."""
    sent = Message.objects.filter(conversation=conversation, direction=Direction.OUTGOING)
    ours = sent.filter(payload__auto="away").in_order()
    if ours.filter(sent_at__gte=timezone.now() - timedelta(days=1)).count() >= MOST_A_DAY:
        return False
    previous = ours.last()
    if previous is None:
        return True
    if conversation.opened_at and conversation.opened_at > previous.sent_at:
        return True
    by_people = sent.filter(sent_at__gt=previous.sent_at).exclude(payload__has_key="auto")
    return bool(by_people.exists())

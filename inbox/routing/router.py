"""Routing itself: conversations in, assignments and facts out."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from channels_connectors.models import Channel
from events import types
from events.journal import SYSTEM
from inbox.models import Conversation
from inbox.querysets import ConversationQuerySet
from inbox.routing.candidates import Desk
from inbox.routing.strategies import choose

# How many waiting conversations are given out when somebody comes to work.
DRAINED_AT_ONCE: Final = 200


def route(conversation_ids: Iterable[UUID], *, tell_nobody: bool = True) -> None:
    """Assign those of the conversations that are new and whose channel distributes by itself.

    `tell_nobody`: record also that nobody could take one. Runs in the scope of the workspace and
    keeps its locks until the end of it.
    """
    wanted = list(dict.fromkeys(conversation_ids))
    automatic = Channel.objects.exclude(routing=Channel.Routing.MANUAL)
    channels = {channel.id: channel for channel in automatic.defer("credentials")}
    if not wanted or not channels:
        return
    desk = Desk.open()
    waiting = {
        conversation.id: conversation
        for conversation in _waiting(channels)
        .filter(pk__in=wanted)
        .order_by("id")
        .select_for_update(no_key=True, of=("self",))
    }
    for conversation_id in wanted:
        if conversation_id in waiting:
            conversation = waiting[conversation_id]
            _route_one(desk, conversation, channels[conversation.channel_id], tell_nobody)


def drain() -> None:
    """Somebody came to work: give out what has been waiting, the longest wait first."""
    channels = set(
        Channel.objects.exclude(routing=Channel.Routing.MANUAL).values_list("id", flat=True)
    )
    if not channels:
        return
    waiting = _waiting(channels).order_by("last_activity_at", "id")
    route(list(waiting.values_list("id", flat=True)[:DRAINED_AT_ONCE]), tell_nobody=False)


def _waiting(channels: Iterable[UUID]) -> ConversationQuerySet:
    found: ConversationQuerySet = Conversation.objects.filter(
        status=Conversation.Status.NEW,
        assignee=None,
        channel__in=list(channels),
        contact__blocked_at=None,
    )
    return found


def _route_one(desk: Desk, conversation: Conversation, channel: Channel, tell_nobody: bool) -> None:
    candidates = desk.candidates(conversation, channel)
    member, reason = choose(desk, conversation, channel, candidates)
    facts: dict[str, Any] = {
        "strategy": channel.routing,
        "chosen": str(member.id) if member else None,
        "reason": str(reason),
        "candidates": [str(candidate.id) for candidate in candidates],
    }
    if member is None:
        if tell_nobody:
            conversation.record(types.CONVERSATION_ROUTED, by=SYSTEM, assignee=None, **facts)
        return
    conversation.assign(to=member, by=SYSTEM, action=types.CONVERSATION_ROUTED, **facts)
    desk.took(member)
    member.last_routed_at = timezone.now()
    member.save(update_fields=["last_routed_at"])

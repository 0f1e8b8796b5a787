"""Small signs to the platform that nobody waits for. A failure is not worth a retry."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final
from uuid import UUID

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from channels_connectors.registry import connector_for, kinds
from inbox.models import Conversation, Message
from inbox.models.message import Direction
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)

SECONDS: Final = 8.0
CONNECTING_SECONDS: Final = 60.0


def acknowledge(workspace_id: UUID, channel_id: UUID, data: dict[str, Any]) -> None:
    """Hand an `InboundMessage.acknowledge` back to its platform."""
    with workspace_scope(workspace_id):
        channel = Channel.objects.filter(pk=channel_id).first()
    if channel is not None and channel.can_send:
        _call(connector_for(channel).acknowledge(data))


def finish_connecting(workspace_id: UUID, channel_id: UUID) -> None:
    """Tell the platform of a new channel that its webhook's address answers by now."""
    with workspace_scope(workspace_id):
        channel = Channel.objects.filter(pk=channel_id).first()
    if channel is not None and channel.can_send and channel.kind in kinds():
        _call(connector_for(channel).after_connect(), CONNECTING_SECONDS)


def show_typing(workspace_id: UUID, conversation_id: UUID) -> None:
    """Show the customer that we are typing, where the platform can."""
    with workspace_scope(workspace_id):
        conversation = (
            Conversation.objects.select_related("channel", "identity")
            .filter(pk=conversation_id)
            .first()
        )
        if conversation is None or not conversation.channel.can_send:
            return
        connector = connector_for(conversation.channel)
        if not (connector.capabilities.typing and conversation.identity.is_reachable):
            return
        last = _last_incoming(conversation)
    chat_id = conversation.identity.external_id
    _call(connector.send_typing_below(chat_id, last) if last else connector.send_typing(chat_id))


def _last_incoming(conversation: Conversation) -> str:
    """The external id of what the customer wrote last; "" when they wrote nothing."""
    latest = (
        Message.objects.filter(conversation=conversation, direction=Direction.INCOMING)
        .exclude(external_id=None)
        .in_order()
        .last()
    )
    return str(latest.external_id) if latest else ""


def mark_read(workspace_id: UUID, conversation_id: UUID) -> None:
    """Tell the customer that we have read what they wrote, where the platform can."""
    with workspace_scope(workspace_id):
        conversation = (
            Conversation.objects.select_related("channel", "identity")
            .filter(pk=conversation_id, unread_count=0)
            .first()
        )
        if conversation is None or not conversation.channel.can_send:
            return
        if conversation.channel.kind not in kinds():
            return
        connector = connector_for(conversation.channel)
        if not (connector.capabilities.read and conversation.identity.is_reachable):
            return
        last = _last_incoming(conversation)
    if last:
        _call(connector.mark_read(conversation.identity.external_id, last))


def _call(call: Coroutine[Any, Any, None], seconds: float = SECONDS) -> None:
    try:
        asyncio.run(asyncio.wait_for(call, seconds))
    except (ConnectorError, TimeoutError) as error:
        logger.info("A sign to the platform was lost: %s", error)

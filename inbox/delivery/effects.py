"""What an outcome does beyond its message: to the customer's address, the channel, a double."""

import logging
from typing import Final

from django.db import IntegrityError, transaction

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from contacts.models import ContactIdentity
from events import types
from events.journal import SYSTEM, record
from inbox.journal import record_message
from inbox.models import Conversation, Message

logger = logging.getLogger(__name__)

WRITTEN: Final = (
    "status",
    "external_id",
    "sent_at",
    "platform_order",
    "payload",
    "error_class",
    "error",
    "next_attempt_at",
    "lease_until",
    "lease_token",
)


def lose_recipient(
    identity: ContactIdentity, conversation: Conversation, error: ConnectorError
) -> None:
    """Nobody reads this chat any more, as far as the platform tells."""
    if not identity.is_reachable:
        return
    identity.is_reachable, identity.unreachable_reason = False, error.msgid[:200]
    identity.save(update_fields=["is_reachable", "unreachable_reason"])
    record(
        types.IDENTITY_REACHABILITY_CHANGED,
        subject=identity,
        by=SYSTEM,
        data={"reachable": False, "reason": identity.unreachable_reason},
        audience=conversation.audience(),
        conversation_id=conversation.id,
    )


def break_channel(channel: Channel, error: ConnectorError) -> None:
    """Nothing goes until an admin acts, unless one has already changed something."""
    fresh = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    if fresh.can_send:
        fresh.change_status(Channel.Status.BROKEN, reason=error.msgid, by=SYSTEM)


def move_chat(identity: ContactIdentity, chat_id: str) -> None:
    """Write to the chat's new id from now on."""
    try:
        with transaction.atomic():
            ContactIdentity.objects.filter(pk=identity.pk).update(external_id=chat_id)
    except IntegrityError:
        # The new chat has already written to us and is a conversation of its own.
        logger.info("A moved chat is known under its new id too.")


def save_over_echo(message: Message, conversation: Conversation) -> None:
    """Some platforms report our own sends as news, and the news may be faster than the answer."""
    parts = message.payload.get("external_ids", [])
    if len(parts) < 2 and _saved(message):
        return
    same_id = Message.objects.filter(
        channel_id=message.channel_id, external_id__in=parts or [message.external_id]
    ).exclude(pk=message.pk)
    # What was queued here is nobody's echo.
    for echo in same_id.filter(queued_at=None).select_for_update():
        record_message(types.MESSAGE_DELETED, echo, conversation, by=SYSTEM, echo=True)
        echo.delete()
    if not _saved(message):
        logger.error("The platform gave two messages of ours the id %s.", message.external_id)
        message.external_id = None
        message.save(update_fields=WRITTEN)


def _saved(message: Message) -> bool:
    """False when another message has its external id."""
    try:
        with transaction.atomic():
            message.save(update_fields=WRITTEN)
    except IntegrityError:
        return False
    return True

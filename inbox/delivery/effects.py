"""What an outcome does beyond its message: to the customer's address, the channel, a double."""

import logging
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from contacts.models import ContactIdentity
from events import types
from events.journal import SYSTEM, record
from inbox.journal import record_message
from inbox.letterbox import pokes
from inbox.models import Conversation, Message, PendingReference
from inbox.sorter.kept import MOVED

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


def move_chat(identity: ContactIdentity, conversation: Conversation, chat_id: str) -> None:
    """Write to the chat's new id from now on; the old one stays a name of it."""
    before = identity.external_id
    if before == chat_id:
        return
    names = sorted({*identity.aliases, before} - {chat_id})
    try:
        with transaction.atomic():
            ContactIdentity.objects.filter(pk=identity.pk).update(
                external_id=chat_id, aliases=names
            )
    except IntegrityError:
        _leave_to_sorter(conversation.channel_id, before, chat_id)
        return
    record(
        types.IDENTITY_MOVED,
        subject=identity,
        by=SYSTEM,
        data={"channel": str(conversation.channel_id), "before": before, "after": chat_id},
        audience=conversation.audience(),
        conversation_id=conversation.id,
    )


def _leave_to_sorter(channel_id: UUID, before: str, after: str) -> None:
    """The new chat has already written to us and has a conversation of its own: who sorts what
    comes there makes the two one."""
    now = timezone.now()
    reference = PendingReference.objects.create(
        channel_id=channel_id,
        external_id=before,
        kind=MOVED,
        item={"chat_id": before, "new_chat_id": after, "at": now.isoformat()},
        at=now,
    )
    place = (reference.workspace_id, channel_id)
    transaction.on_commit(lambda: pokes.poke(place), robust=True)


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

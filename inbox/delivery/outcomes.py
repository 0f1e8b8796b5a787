"""What a send's outcome does to the message, its conversation, its customer and its channel.

A result is written only by who holds the message's lease token. It keeps the token while the
outcome is unknown, so that an answer which comes after the lease still counts, unless somebody has
begun a new attempt.
"""

import logging
import random
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from channels_connectors.registry import connector_class
from channels_connectors.types import SendReceipt
from events import types
from events.journal import SYSTEM
from inbox.delivery import effects, lattice
from inbox.journal import record_message
from inbox.models import Conversation, Message
from inbox.models.message import Status

logger = logging.getLogger(__name__)

FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 300.0
SHORTEST_PAUSE: Final = 0.5
# Who waits so many seconds is told why.
LONG_PAUSE: Final = 15.0
MAX_AGE: Final = timedelta(hours=24)
# A message that left this soon keeps its place among its neighbours.
PROMPT: Final = timedelta(seconds=10)

INTERRUPTED: Final = gettext_noop("Sending was interrupted. The message may have been delivered.")
TOO_OLD: Final = gettext_noop("The platform could not be reached for a day.")


def write(message_id: UUID, token: UUID | None, outcome: SendReceipt | ConnectorError) -> None:
    """Write the outcome of the attempt that `token` fences; None: the message was never claimed.

    A no-op when the attempt is no longer the message's last one.
    """
    place = Message.objects.filter(pk=message_id).values_list("conversation_id", flat=True)
    # Conversation first, as everybody does: two orders would deadlock.
    conversation = Conversation.objects.select_for_update(no_key=True).filter(pk__in=place).first()
    if conversation is None:
        return
    message = Message.objects.select_for_update().filter(pk=message_id, lease_token=token).first()
    if message is None or (token is None and message.status not in lattice.IN_FLIGHT):
        logger.warning("The outcome of an attempt came after its message had moved on.")
        return
    if isinstance(outcome, SendReceipt):
        _sent(message, conversation, outcome)
    else:
        _refused(message, conversation, outcome)


def expire(message: Message) -> None:
    """The lease ran out in mid-send: a worker died, and nobody knows whether the bytes had left."""
    error = ConnectorError("transient", INTERRUPTED, maybe_sent=True)
    write(message.pk, message.lease_token, error)


def backoff(attempts: int) -> float:
    """Seconds until the next try: growing, and spread so that a crowd doesn't come back as one."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts - 1, 20))
    return max(SHORTEST_PAUSE, random.uniform(0, longest))


def _sent(message: Message, conversation: Conversation, receipt: SendReceipt) -> None:
    ids = receipt.all_external_ids or (receipt.external_id,)
    if lattice.rises(message.status, Status.SENT):
        message.status = Status.SENT
    if message.status != Status.FAILED:
        message.error_class = message.error = ""
    message.external_id = receipt.external_id
    message.sent_at = receipt.sent_at or _moment(message)
    message.platform_order = receipt.order
    message.lease_token = message.lease_until = message.next_attempt_at = None
    if len(ids) > 1:
        # Edits, replies and reactions name any of them.
        message.payload = {**message.payload, "external_ids": list(ids)}
    effects.save_over_echo(message, conversation)
    if receipt.chat_id:
        effects.move_chat(conversation.identity, conversation, receipt.chat_id)
    conversation.show_status(message)
    record_message(types.MESSAGE_SENT, message, conversation, by=SYSTEM)


def _moment(message: Message) -> datetime:
    """When it was sent, where the platform doesn't tell."""
    now = timezone.now()
    return message.sent_at if now - message.sent_at < PROMPT else now


def _refused(message: Message, conversation: Conversation, error: ConnectorError) -> None:
    known = message.error
    message.error_class, message.error = error.error_class, error.msgid
    logger.info("A message was not sent: %s", error)
    if error.error_class == "recipient_gone":
        effects.lose_recipient(conversation.identity, conversation, error)
    if error.error_class == "channel_auth":
        effects.break_channel(conversation.channel, error)
    if error.maybe_sent and not _dedupes(conversation.channel):
        _become(message, conversation, Status.UNKNOWN, types.MESSAGE_UNCERTAIN)
    elif error.error_class == "channel_auth":
        # Nothing is lost: it goes as soon as the channel works again.
        _queue(message, None)
    elif error.maybe_sent or error.error_class in ("rate", "transient"):
        _try_later(message, conversation, error, known=known)
    else:
        _fail(message, conversation)


def _try_later(
    message: Message, conversation: Conversation, error: ConnectorError, *, known: str
) -> None:
    """Into the queue again. Who waits for long is told why: a new reason at once, the same one ever
    more seldom."""
    if timezone.now() - (message.queued_at or message.created_at) > MAX_AGE:
        message.error = TOO_OLD
        _fail(message, conversation)
        return
    asked = error.retry_after
    pause = backoff(message.attempts) if asked is None else max(asked, SHORTEST_PAUSE)
    _queue(message, pause)
    is_power_of_two = message.attempts & (message.attempts - 1) == 0
    if pause >= LONG_PAUSE and (known != message.error or is_power_of_two):
        message.status = Status.QUEUED
        record_message(types.MESSAGE_DELAYED, message, conversation, by=SYSTEM)


def _queue(message: Message, pause: float | None) -> None:
    """Back into the queue, not to be touched for `pause` seconds (by the database's clock)."""
    Message.objects.filter(pk=message.pk).update(
        status=Status.QUEUED,
        next_attempt_at=None if pause is None else Now() + timedelta(seconds=pause),
        lease_token=None,
        lease_until=None,
        error_class=message.error_class,
        error=message.error,
    )


def _fail(message: Message, conversation: Conversation) -> None:
    message.lease_token = None
    _become(message, conversation, Status.FAILED, types.MESSAGE_FAILED)
    conversation.wait_again()


def _become(message: Message, conversation: Conversation, status: Status, action: str) -> None:
    """Rise to the status, unless news from the platform already told better."""
    message.lease_until = message.next_attempt_at = None
    if not lattice.rises(message.status, status):
        message.error_class = message.error = ""
        message.save(update_fields=effects.WRITTEN)
        return
    message.status = status
    message.save(update_fields=effects.WRITTEN)
    conversation.show_status(message)
    record_message(action, message, conversation, by=SYSTEM)


def _dedupes(channel: Channel) -> bool:
    try:
        return connector_class(channel.kind).capabilities.dedupes_sends
    except KeyError:
        return False

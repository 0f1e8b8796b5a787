"""Changes of what a platform has already: which goes next, taking hold of it, what came of it.

The changes of one message go in order, after the message itself. A change may be told twice, so a
worker that dies under its lease leaves no doubt behind: the next one tells it again.
"""

import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from channels_connectors.base import Connector
from channels_connectors.errors import ConnectorError
from core.ratelimit import Bucket
from events import types
from events.journal import SYSTEM
from inbox.delivery import effects
from inbox.delivery.claims import (
    LEASE_MARGIN,
    LONGEST_SECONDS,
    SEND_SECONDS,
    SLOWEST_BYTES_PER_SECOND,
    buckets_of,
    connector_of,
    outbound_of,
)
from inbox.delivery.lattice import IN_FLIGHT
from inbox.delivery.outcomes import MAX_AGE, SHORTEST_PAUSE, TOO_OLD, backoff
from inbox.journal import record_message
from inbox.models import Conversation, Message, MessageChange
from inbox.models.message import Direction, Status

logger = logging.getLogger(__name__)

QUEUED, SENDING = MessageChange.Status.QUEUED, MessageChange.Status.SENDING

UNCERTAIN: Final = gettext_noop("It is not known whether this message arrived.")
UNKNOWN: Final = gettext_noop("The platform does not know this message.")


@dataclass(frozen=True, slots=True)
class ChangeClaim:
    """A change that is ours to carry out before the lease ends. `seconds` bounds the call."""

    change_id: UUID
    token: UUID
    seconds: float
    connector: Connector
    call: Callable[[], Coroutine[Any, Any, None]]
    buckets: tuple[Bucket, Bucket]


def find_due(conversation_id: UUID) -> MessageChange | None:
    """The first change of the conversation that may be told now. Locks nothing."""
    waiting = (
        MessageChange.objects.filter(
            message__conversation_id=conversation_id, status__in=[QUEUED, SENDING]
        )
        .exclude(message__status__in=IN_FLIGHT)
        .select_related("message__channel", "message__conversation__identity")
        .annotate(now=Now())
        # "sending" sorts before "queued": one under way holds back the message's others.
        .order_by("-status", "id")
    )
    heads: dict[UUID, MessageChange] = {}
    for change in waiting:
        heads.setdefault(change.message_id, change)
    return next((change for change in heads.values() if _is_due(change)), None)


def _is_due(change: MessageChange) -> bool:
    now = change.now  # type: ignore[attr-defined]
    if change.status == SENDING:
        return change.lease_until is None or change.lease_until <= now
    waits = change.next_attempt_at is not None and change.next_attempt_at > now
    return change.message.channel.can_send and not waits


def settle_unsent(change: MessageChange) -> bool:
    """Settle a change with nothing to call: its message never reached the platform."""
    message = change.message
    if message.direction == Direction.OUTGOING and message.status == Status.FAILED:
        # A message that is tried again goes with its new words, or not at all.
        write(change.pk, change.lease_token, None)
    elif message.direction == Direction.OUTGOING and message.status == Status.UNKNOWN:
        write(change.pk, change.lease_token, ConnectorError("bad_content", UNCERTAIN))
    elif not message.external_ids:
        write(change.pk, change.lease_token, ConnectorError("bad_content", UNKNOWN))
    else:
        return False
    return True


def claim(found: MessageChange) -> ChangeClaim | None:
    """Take the change under a lease; None when another worker has it by now.

    Raises `ConnectorError` when it cannot be made whatever the platform says; it is queued still.
    """
    change = (
        MessageChange.objects.select_for_update(skip_locked=True)
        .filter(Q(status=QUEUED) | Q(status=SENDING, lease_until__lte=Now()), pk=found.pk)
        .first()
    )
    if change is None or change.attempts != found.attempts:
        return None
    connector = connector_of(found.message)
    call, size = _call(connector, change, found.message)
    token = uuid4()
    seconds = min(LONGEST_SECONDS, SEND_SECONDS + size / SLOWEST_BYTES_PER_SECOND)
    MessageChange.objects.filter(pk=change.pk).update(
        status=SENDING,
        attempts=F("attempts") + 1,
        lease_token=token,
        lease_until=Now() + timedelta(seconds=seconds) + LEASE_MARGIN,
        next_attempt_at=None,
    )
    return ChangeClaim(change.pk, token, seconds, connector, call, buckets_of(found.message))


def _call(
    connector: Connector, change: MessageChange, message: Message
) -> tuple[Callable[[], Coroutine[Any, Any, None]], int]:
    """What to call, and the size in bytes of what goes with it."""
    ids, chat_id = message.external_ids, message.conversation.identity.external_id
    if change.kind == MessageChange.Kind.DELETE:
        return lambda: connector.delete(chat_id, ids), 0
    if change.kind == MessageChange.Kind.REACT:
        return lambda: connector.react(chat_id, ids[0], change.emoji), 0
    message.text, message.entities = change.text, change.entities
    outbound, size = outbound_of(message)
    return lambda: connector.edit(ids, outbound), size


def postpone(change: MessageChange, seconds: float) -> None:
    """Look at the change again no sooner than this."""
    MessageChange.objects.filter(pk=change.pk, status=QUEUED).update(
        next_attempt_at=Now() + timedelta(seconds=seconds)
    )


def write(change_id: UUID, token: UUID | None, error: ConnectorError | None) -> None:
    """Write what came of the attempt that `token` fences; None: it was never claimed.

    A no-op when the attempt is no longer the change's last one.
    """
    place = MessageChange.objects.filter(pk=change_id).values_list(
        "message__conversation_id", flat=True
    )
    # Conversation first, as everybody does: two orders would deadlock.
    conversation = Conversation.objects.select_for_update(no_key=True).filter(pk__in=place).first()
    if conversation is None:
        return
    change = (
        MessageChange.objects.select_for_update(of=("self",))
        .select_related("message")
        .filter(pk=change_id, lease_token=token, status__in=[QUEUED, SENDING])
        .first()
    )
    if change is None:
        logger.warning("The outcome of a change came after it had moved on.")
        return
    change.lease_token = change.lease_until = change.next_attempt_at = None
    if error is None:
        _done(change, conversation)
    else:
        _refused(change, conversation, error)


def _done(change: MessageChange, conversation: Conversation) -> None:
    change.status, change.error_class, change.error = MessageChange.Status.DONE, "", ""
    change.save()
    _record(types.MESSAGE_CHANGE_DELIVERED, change, conversation)


def _refused(change: MessageChange, conversation: Conversation, error: ConnectorError) -> None:
    logger.info("A change of a message was not made: %s", error)
    change.error_class, change.error = error.error_class, error.msgid
    if error.error_class == "recipient_gone":
        effects.lose_recipient(conversation.identity, conversation, error)
    if error.error_class == "channel_auth":
        effects.break_channel(conversation.channel, error)
        # Nothing is lost: it goes as soon as the channel works again.
        _queue(change, None)
    elif error.error_class in {"rate", "transient"}:
        _try_later(change, conversation, error)
    else:
        _fail(change, conversation)


def _try_later(change: MessageChange, conversation: Conversation, error: ConnectorError) -> None:
    if timezone.now() - change.queued_at > MAX_AGE:
        change.error = TOO_OLD
        _fail(change, conversation)
        return
    asked = error.retry_after
    _queue(change, backoff(change.attempts) if asked is None else max(asked, SHORTEST_PAUSE))


def _queue(change: MessageChange, pause: float | None) -> None:
    """Back into the queue, not to be touched for `pause` seconds (by the database's clock)."""
    change.status = QUEUED
    change.save()
    if pause is not None:
        postpone(change, pause)


def _fail(change: MessageChange, conversation: Conversation) -> None:
    change.status = MessageChange.Status.FAILED
    change.save()
    change.undo()
    conversation.show_latest()
    error = {"class": change.error_class, "message": change.error}
    _record(types.MESSAGE_CHANGE_FAILED, change, conversation, change_error=error)


def _record(action: str, change: MessageChange, conversation: Conversation, **data: Any) -> None:
    record_message(
        action,
        Message.objects.get(pk=change.message_id),
        conversation,
        by=SYSTEM,
        change=str(change.pk),
        change_kind=change.kind,
        **data,
    )

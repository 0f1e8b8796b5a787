"""Which message of a conversation goes next, and taking hold of it.

One conversation's messages go in the order of their ids: they are made under the conversation's
lock. The next one waits until the one before is sent, failed or unknown.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from channels_connectors.base import Connector
from channels_connectors.errors import ConnectorError
from channels_connectors.registry import connector_class, connector_for
from channels_connectors.types import OutboundAttachment, OutboundMessage
from core.ratelimit import Bucket
from inbox.delivery import limits
from inbox.delivery.lattice import IN_FLIGHT
from inbox.models import Attachment, Message
from inbox.models.message import Status
from workspaces.storage import absolute

SEND_SECONDS: Final = 60.0
# A slow line uploads this much in a second; no single send gets longer than LONGEST_SECONDS.
SLOWEST_BYTES_PER_SECOND: Final = 256 * 1024
LONGEST_SECONDS: Final = 270.0
# The lease outlives the send, so that only a dead worker loses it.
LEASE_MARGIN: Final = timedelta(seconds=15)

FILE_MISSING: Final = gettext_noop("A file of this message is missing.")
UNKNOWN_KIND: Final = gettext_noop("This installation cannot write to this kind of channel.")


@dataclass(frozen=True, slots=True)
class Head:
    """The first message of a conversation that is not settled, as it was a moment ago."""

    message: Message
    is_due: bool
    lease_ran_out: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours to send: `sending` is committed, nobody else touches it before the
    lease ends. `seconds` bounds the call."""

    message_id: UUID
    token: UUID
    seconds: float
    connector: Connector
    outbound: OutboundMessage
    buckets: tuple[Bucket, Bucket]


def find_head(conversation_id: UUID) -> Head | None:
    """The message that must be settled before any other of the conversation. Locks nothing."""
    message = (
        Message.objects.filter(conversation_id=conversation_id, status__in=IN_FLIGHT)
        .select_related("channel", "conversation__identity")
        .annotate(now=Now())
        # "sending" sorts before "queued": one under way holds back even an older one, retried.
        .order_by("-status", "id")
        .first()
    )
    if message is None:
        return None
    if message.status == Status.SENDING:
        ran_out = message.lease_until is None or message.lease_until <= message.now
        return Head(message, is_due=False, lease_ran_out=ran_out)
    waits = message.next_attempt_at is not None and message.next_attempt_at > message.now
    return Head(message, is_due=message.channel.can_send and not waits, lease_ran_out=False)


def claim(head: Head) -> Claim | None:
    """Take the head under a lease; None when another worker has it by now.

    Raises `ConnectorError` when it cannot be sent whatever the platform says; it is queued still.
    """
    message = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(pk=head.message.pk, status=Status.QUEUED)
        .first()
    )
    if message is None or message.attempts != head.message.attempts:
        return None
    # An agent may have reworded it since it was found.
    head.message.text, head.message.entities = message.text, message.entities
    head.message.payload = message.payload
    connector = connector_of(head.message)
    outbound, size = outbound_of(head.message)
    token = uuid4()
    seconds = min(LONGEST_SECONDS, SEND_SECONDS + size / SLOWEST_BYTES_PER_SECOND)
    Message.objects.filter(pk=message.pk).update(
        status=Status.SENDING,
        attempts=F("attempts") + 1,
        lease_token=token,
        lease_until=Now() + timedelta(seconds=seconds) + LEASE_MARGIN,
        next_attempt_at=None,
    )
    return Claim(message.pk, token, seconds, connector, outbound, buckets_of(head.message))


def postpone(message: Message, seconds: float) -> None:
    """Look at the message again no sooner than this."""
    Message.objects.filter(pk=message.pk, status=Status.QUEUED).update(
        next_attempt_at=Now() + timedelta(seconds=seconds)
    )


def buckets_of(message: Message) -> tuple[Bucket, Bucket]:
    """The buckets of a message's channel and chat. Raises `ConnectorError` for an unknown kind."""
    channel = message.channel
    try:
        capabilities = connector_class(channel.kind).capabilities
    except KeyError:
        raise ConnectorError("bad_content", UNKNOWN_KIND) from None
    chat_id = message.conversation.identity.external_id
    return (
        limits.channel_bucket(message.workspace_id, channel.id, capabilities),
        limits.chat_bucket(message.workspace_id, channel.id, chat_id, capabilities),
    )


def connector_of(message: Message) -> Connector:
    """For the message's channel. Raises `ConnectorError` for an unknown kind."""
    try:
        return connector_for(message.channel)
    except KeyError:
        raise ConnectorError("bad_content", UNKNOWN_KIND) from None


def outbound_of(message: Message) -> tuple[OutboundMessage, int]:
    """What the connector needs, and the size of its files in bytes."""
    files = [_file(attachment) for attachment in message.attachments.order_by("position", "id")]
    outbound = OutboundMessage(
        chat_id=message.conversation.identity.external_id,
        idempotency_key=message.id,
        text=message.text,
        entities=message.entities,
        attachments=tuple(files),
        reply_to=message.reply_to_external_id,
        payload=message.payload,
    )
    return outbound, sum(file.path.stat().st_size for file in files)


def _file(attachment: Attachment) -> OutboundAttachment:
    path = absolute(attachment.path)
    if not attachment.path or not path.is_file():
        raise ConnectorError("bad_content", FILE_MISSING)
    return OutboundAttachment(
        kind=attachment.kind, name=attachment.name, mime=attachment.mime, path=path
    )

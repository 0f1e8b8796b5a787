"""Shows what was sent in the customers' threads, many at once.

A message has its recipient's id. Somebody who never had a conversation gets one in the archive: it
opens when they answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from channels_connectors.types import SendReceipt
from contacts.models import ContactIdentity
from events import types
from events.journal import SYSTEM
from inbox.delivery import effects, lattice
from inbox.journal import record_message
from inbox.models import Attachment, Conversation, Message
from inbox.models.message import Direction, Status
from marketing.engine.preparing import Prepared
from marketing.models import Broadcast
from workspaces.scope import current_workspace_id

# In the payload: what we say by ourselves answers nobody.
BY_ITSELF: Final = "broadcast"

_SHOW: Final = """
    update inbox_conversation c set
        last_activity_at = u.at, last_message_text = u.text, last_message_kind = u.kind,
        last_message_direction = 'outgoing', last_message_status = u.status
    from unnest(%(ids)s::uuid[], %(moments)s::timestamptz[], %(texts)s::text[],
        %(kinds)s::text[], %(statuses)s::text[]) u (id, at, text, kind, status)
    where c.workspace_id = %(workspace)s and c.id = u.id and c.last_activity_at <= u.at
"""


@dataclass(frozen=True, slots=True)
class Reached:
    """Who got the message, or perhaps got it (then there is an error and no receipt)."""

    prepared: Prepared
    receipt: SendReceipt | None
    error: ConnectorError | None


def show(broadcast: Broadcast, channel: Channel, reached: Sequence[Reached]) -> None:
    """Write the messages and their facts."""
    if not reached:
        return
    conversations = _conversations(channel, [one.prepared for one in reached])
    ids = [one.prepared.recipient_id for one in reached]
    known = {message.pk: message for message in Message.objects.filter(pk__in=ids)}
    fresh: list[tuple[Message, Conversation]] = []
    for one in reached:
        conversation = conversations[one.prepared.outbound.chat_id]
        before = known.get(one.prepared.recipient_id)
        if before is not None:
            _settle(before, conversation, one)
        else:
            fresh.append((_message(broadcast, channel, conversation, one), conversation))
    _add(fresh, broadcast)
    for one in reached:
        if one.receipt is not None and one.receipt.chat_id:
            conversation = conversations[one.prepared.outbound.chat_id]
            effects.move_chat(conversation.identity, conversation, one.receipt.chat_id)


def conversation_of(channel: Channel, prepared: Prepared) -> Conversation | None:
    """The conversation at a recipient's address, locked; None for who never had one."""
    found: Conversation | None = (
        Conversation.objects.filter(
            channel=channel, identity__external_id=prepared.outbound.chat_id
        )
        .select_related("identity", "channel")
        .select_for_update(no_key=True, of=("self",))
        .first()
    )
    return found


def _conversations(channel: Channel, found: Sequence[Prepared]) -> dict[str, Conversation]:
    """Address -> its conversation, locked in one order; made for who has none."""
    wanted = {one.outbound.chat_id: one for one in found}
    identities = {
        identity.external_id: identity
        for identity in ContactIdentity.objects.filter(
            channel=channel, external_id__in=list(wanted)
        )
    }
    for address, prepared in sorted(wanted.items()):
        if address not in identities:
            identities[address], _ = ContactIdentity.objects.get_or_create(
                channel=channel, external_id=address, defaults={"contact_id": prepared.contact_id}
            )
    known = {
        conversation.identity_id: conversation
        for conversation in Conversation.objects.filter(
            identity__in=[identity.pk for identity in identities.values()]
        )
        .order_by("pk")
        .select_for_update(no_key=True)
    }
    for identity in identities.values():
        if identity.pk not in known:
            known[identity.pk] = _start(channel, identity)
        known[identity.pk].identity = identity
        known[identity.pk].channel = channel
    return {address: known[identity.pk] for address, identity in identities.items()}


def _start(channel: Channel, identity: ContactIdentity) -> Conversation:
    now = timezone.now()
    conversation, is_new = Conversation.objects.get_or_create(
        identity=identity,
        defaults={
            "channel": channel,
            "contact_id": identity.contact_id,
            "status": Conversation.Status.CLOSED,
            "team_id": channel.team_id,
            "closed_at": now,
        },
    )
    found: Conversation = conversation
    if is_new:
        found.record(types.CONVERSATION_CREATED, by=SYSTEM, started=True, broadcast=True)
    return found


def _message(
    broadcast: Broadcast, channel: Channel, conversation: Conversation, one: Reached
) -> Message:
    outbound, receipt = one.prepared.outbound, one.receipt
    ids = (receipt.all_external_ids or (receipt.external_id,)) if receipt else ()
    payload: dict[str, Any] = {
        **outbound.payload,
        "auto": BY_ITSELF,
        "broadcast": {"id": str(broadcast.pk), "name": broadcast.name},
    }
    payload.pop("unsubscribe", None)
    if len(ids) > 1:
        payload["external_ids"] = list(ids)
    return Message(
        id=one.prepared.recipient_id,
        conversation=conversation,
        channel=channel,
        direction=Direction.OUTGOING,
        kind=one.prepared.kind,
        text=outbound.text,
        payload=payload,
        external_id=receipt.external_id if receipt else None,
        status=Status.SENT if receipt else Status.UNKNOWN,
        error_class=one.error.error_class if one.error else "",
        error=one.error.msgid if one.error else "",
        sender_name=broadcast.name[:200],
        sent_at=_moment(conversation, receipt),
        platform_order=receipt.order if receipt else 0,
        queued_at=timezone.now(),
    )


def _moment(conversation: Conversation, receipt: SendReceipt | None) -> datetime:
    if receipt is not None and receipt.sent_at is not None:
        return receipt.sent_at
    return conversation.next_moment()


def _add(fresh: Sequence[tuple[Message, Conversation]], broadcast: Broadcast) -> None:
    messages = [message for message, _ in fresh]
    if not messages:
        return
    _forget_echoes(fresh)
    try:
        with transaction.atomic():
            Message.objects.bulk_create(messages)
    except IntegrityError:
        # The platform's news of our own send came between.
        for message, conversation in fresh:
            external_id, message.external_id = message.external_id, None
            message.save(force_insert=True)
            message.external_id = external_id
            effects.save_over_echo(message, conversation)
    files = broadcast.files if messages[0].kind != "template" else []
    Attachment.objects.bulk_create(
        Attachment(message=message, position=position, status=Attachment.Status.READY, **described)
        for message in messages
        for position, described in enumerate(files)
    )
    _show_in_lists(messages)
    for message, conversation in fresh:
        action = types.MESSAGE_SENT if message.status == Status.SENT else types.MESSAGE_UNCERTAIN
        record_message(action, message, conversation, by=SYSTEM, broadcast=str(broadcast.pk))


def _forget_echoes(fresh: Sequence[tuple[Message, Conversation]]) -> None:
    by_id = {
        external_id: conversation
        for message, conversation in fresh
        for external_id in message.external_ids
    }
    echoes = Message.objects.filter(
        channel_id=fresh[0][0].channel_id, external_id__in=list(by_id), queued_at=None
    ).select_for_update()
    for echo in echoes:
        conversation = by_id[echo.external_id]
        record_message(types.MESSAGE_DELETED, echo, conversation, by=SYSTEM, echo=True)
        echo.delete()


def _show_in_lists(messages: Sequence[Message]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _SHOW,
            {
                "workspace": current_workspace_id(),
                "ids": [message.conversation_id for message in messages],
                "moments": [message.sent_at for message in messages],
                "texts": [message.text[:200] for message in messages],
                "kinds": [str(message.kind) for message in messages],
                "statuses": [str(message.status) for message in messages],
            },
        )


def _settle(message: Message, conversation: Conversation, one: Reached) -> None:
    """A message that was in doubt, after another attempt or a late answer."""
    if one.receipt is None:
        return
    if lattice.rises(message.status, Status.SENT):
        message.status = Status.SENT
    message.error_class = message.error = ""
    message.external_id = one.receipt.external_id
    message.platform_order = one.receipt.order
    effects.save_over_echo(message, conversation)
    conversation.show_status(message)
    record_message(types.MESSAGE_SENT, message, conversation, by=SYSTEM)

"""Writing into a conversation: to the customer, or to colleagues."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from events import types
from inbox import outgoing
from inbox.journal import record_message
from inbox.letters import composing as letters
from inbox.models import Attachment, Conversation, Message
from inbox.models.conversation import By
from inbox.models.message import Direction, Kind, Status
from inbox.payloads import Content
from inbox.uploads import drafts_of
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require
from workspaces.scope import current_workspace_id, workspace_scope


def send_message(
    conversation: Conversation,
    text: str = "",
    *,
    by: By,
    client_id: UUID | None = None,
    attachments: Sequence[Attachment | UUID] = (),
    reply_to: Message | UUID | None = None,
    internal: bool = False,
    entities: Sequence[dict[str, Any]] = (),
    subject: str = "",
    cc: Sequence[str] | None = None,
    payload: Mapping[str, Any] | None = None,
) -> Message:
    """Queue a message to the customer or, `internal`, leave a note to colleagues.

    `payload` is what it carries besides, in the form of `channels_connectors.types.outbound`; a
    template brings its own text.

    A repeat with the same `client_id` returns the message of the first call, also when both run
    at once. Raises `ValidationError` in words for the agent, `PermissionDenied` for who may only
    read. A member who answers a new conversation accepts it, and reopens a closed one.
    `subject` and `cc` are for e-mail; left out, they follow the letter that is answered.
    """
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_INBOX)
    try:
        with workspace_scope(current_workspace_id()):
            return _send(
                conversation,
                outgoing.clean_text(text),
                by=by,
                client_id=client_id,
                attachments=attachments,
                reply_to=reply_to,
                internal=internal,
                entities=list(entities),
                subject=subject,
                cc=cc,
                payload=payload,
            )
    except IntegrityError:
        # Sends into one conversation wait for each other, but the same client_id may be taken by
        # another conversation at the same moment.
        if client_id and (found := _sent_before(conversation, client_id)):
            return found
        raise


def leave_note(
    conversation: Conversation,
    text: str,
    *,
    by: By,
    client_id: UUID | None = None,
    attachments: Sequence[Attachment | UUID] = (),
) -> Message:
    """A note that colleagues see and the customer does not."""
    return send_message(
        conversation, text, by=by, client_id=client_id, attachments=attachments, internal=True
    )


def _send(
    conversation: Conversation,
    text: str,
    *,
    by: By,
    client_id: UUID | None,
    attachments: Sequence[Attachment | UUID],
    reply_to: Message | UUID | None,
    internal: bool,
    entities: list[dict[str, Any]],
    subject: str,
    cc: Sequence[str] | None,
    payload: Mapping[str, Any] | None,
) -> Message:
    conversation.lock()
    if client_id and (found := _sent_before(conversation, client_id)):
        return found
    drafts = drafts_of(by, attachments)
    content = Content(text=text)
    if internal:
        outgoing.check_note(text, drafts, payload)
    else:
        content = outgoing.check_message(conversation, text, drafts, payload)
        if isinstance(by, Membership):
            # Before the message gets its moment: the timeline tells it in this order.
            _take_over(conversation, by)
    answered = _answered(conversation, reply_to)
    letter: dict[str, Any] = {}
    if not internal:
        capabilities = outgoing.capabilities_of(conversation.channel)
        letter = letters.payload(conversation, capabilities, answered, subject=subject, cc=cc)
    message: Message = Message.objects.create(
        conversation=conversation,
        channel_id=conversation.channel_id,
        direction=Direction.INTERNAL if internal else Direction.OUTGOING,
        kind=content.kind or (drafts[0].kind if drafts else Kind.TEXT),
        text=content.text,
        payload={**content.payload, **letter},
        entities=entities,
        client_id=client_id,
        status=Status.SENT if internal else Status.QUEUED,
        author=by if isinstance(by, Membership) else None,
        sender_name=by.name if isinstance(by, ApiToken) else "",
        reply_to=answered,
        reply_to_external_id=(answered.external_id or "") if answered else "",
        sent_at=conversation.next_moment(),
        queued_at=None if internal else timezone.now(),
    )
    for position, draft in enumerate(drafts):
        draft.claim(message, position=position)
    if internal:
        record_message(types.MESSAGE_NOTED, message, conversation, by=by)
        return message
    conversation.show_reply(message, answers=isinstance(by, Membership | ApiToken))
    record_message(types.MESSAGE_QUEUED, message, conversation, by=by)
    return message


def _take_over(conversation: Conversation, by: Membership) -> None:
    """Who answers a conversation that is nobody's has it."""
    if conversation.status == Conversation.Status.CLOSED:
        conversation.reopen(by=by)
    elif conversation.status == Conversation.Status.NEW:
        conversation.accept(by=by)


def _sent_before(conversation: Conversation, client_id: UUID) -> Message | None:
    found: Message | None = Message.objects.filter(client_id=client_id).first()
    if found is not None and found.conversation_id != conversation.pk:
        raise ValidationError(
            _("This message was already sent in another conversation."), code="client_id"
        )
    return found


def _answered(conversation: Conversation, reply_to: Message | UUID | None) -> Message | None:
    if reply_to is None:
        return None
    pk = reply_to.pk if isinstance(reply_to, Message) else reply_to
    found: Message | None = Message.objects.filter(conversation=conversation, pk=pk).first()
    if found is None:
        raise ValidationError(
            _("The message you answer is not in this conversation."), code="reply_to"
        )
    return found

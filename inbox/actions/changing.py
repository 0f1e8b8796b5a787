"""Changing what was said: edits, deletions, reactions.

Our screens show the wish at once. Where the platform has the message already, a `MessageChange` is
queued in the same transaction and `inbox.delivery` carries it out; a refusal takes the wish back.
"""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from events import types
from inbox import changing, outgoing
from inbox.journal import record_message
from inbox.models import Conversation, Message, MessageChange
from inbox.models.conversation import By
from inbox.models.message import Direction, Status
from inbox.models.reaction import OURS
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require

Kind = MessageChange.Kind
UNSENT = frozenset({Status.QUEUED, Status.FAILED})


def edit_message(
    message: Message, text: str, *, by: By, entities: Sequence[dict[str, Any]] = ()
) -> Message:
    """Have a message of ours, or a note, say something else.

    A queued one is simply sent with the new words. A no-op when it says this already. Raises
    `ValidationError` in words for the agent, `PermissionDenied` for who may not.
    """
    conversation, message = _locked(message)
    changing.check_may_change(message, by)
    changing.check_is_ours(message)
    text, rich = outgoing.clean_text(text), list(entities)
    if (text, rich) == (message.text, message.entities):
        return message
    if message.direction == Direction.INTERNAL:
        outgoing.check_note(text, list(message.attachments.all()))
        message.reword(text, rich, is_seen=True)
        record_message(types.MESSAGE_EDITED, message, conversation, by=by)
        return message
    changing.check_edit(conversation, message, text)
    if message.status in UNSENT:
        message.reword(text, rich, is_seen=False)
        told = {}
    else:
        before = message.reword(text, rich, is_seen=True)
        told = _queue(message, Kind.EDIT, by, before, text=text, entities=rich)
    conversation.show_latest()
    record_message(types.MESSAGE_EDITED, message, conversation, by=by, **told)
    return message


def delete_message(message: Message, *, by: By) -> Message:
    """Take a message of ours back, or a note away; what is still queued is never sent.

    The text stays for the company; nothing shows it any more. A no-op when it is deleted. Raises
    `ValidationError` in words for the agent, `PermissionDenied` for who may not.
    """
    conversation, message = _locked(message)
    changing.check_may_change(message, by)
    if message.direction != Direction.INCOMING and message.deleted_at is not None:
        return message
    changing.check_is_ours(message)
    told: dict[str, Any] = {}
    if message.direction == Direction.INTERNAL or message.status in UNSENT:
        _remember_who(message, by)
        if message.status == Status.QUEUED:
            message.withdraw()
    else:
        changing.check_delete(conversation, message)
        told = _queue(message, Kind.DELETE, by, {})
    if message.deleted_at is None:
        message.deleted_at = timezone.now()
        message.save(update_fields=["deleted_at"])
    if message.direction == Direction.OUTGOING:
        conversation.show_latest()
        if message.status in UNSENT:
            conversation.wait_again()
    record_message(types.MESSAGE_DELETED, message, conversation, by=by, **told)
    return message


def react(message: Message, emoji: str, *, by: By) -> Message:
    """Put the company's one reaction on a message; "" takes it back.

    A no-op when it is there already. Raises `ValidationError` in words for the agent,
    `PermissionDenied` for who may only read.
    """
    conversation, message = _locked(message)
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_INBOX)
    emoji = emoji.strip()
    changing.check_reaction(conversation, message, emoji)
    before = message.set_reaction(OURS, emoji)
    if before == emoji:
        return message
    told = _queue(message, Kind.REACT, by, {"emojis": before}, emoji=emoji)
    record_message(
        types.MESSAGE_REACTED,
        message,
        conversation,
        by=by,
        person=OURS,
        emojis=[emoji] if emoji else [],
        **told,
    )
    return message


def retry_change(change: MessageChange, *, by: By) -> Message:
    """Try a failed change again. A no-op for any other."""
    _check_is_theirs(change, by)
    if change.status != MessageChange.Status.FAILED:
        return change.message
    if change.kind == Kind.EDIT:
        return edit_message(change.message, change.text, by=by, entities=change.entities)
    if change.kind == Kind.DELETE:
        return delete_message(change.message, by=by)
    return react(change.message, change.emoji, by=by)


def discard_change(change: MessageChange, *, by: By) -> Message:
    """Leave the message as it is. A no-op unless the change failed."""
    conversation, message = _locked(change.message)
    _check_is_theirs(change, by)
    failed = message.changes.filter(pk=change.pk, status=MessageChange.Status.FAILED)
    if failed.delete()[0]:
        record_message(
            types.MESSAGE_CHANGE_DISCARDED,
            message,
            conversation,
            by=by,
            change=str(change.pk),
            change_kind=change.kind,
        )
    return message


def _check_is_theirs(change: MessageChange, by: By) -> None:
    if change.kind != Kind.REACT:
        changing.check_may_change(change.message, by)
    elif isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_INBOX)


def _locked(message: Message) -> tuple[Conversation, Message]:
    """The conversation first, as everybody does: two orders would deadlock."""
    conversation = (
        Conversation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("channel")
        .get(pk=message.conversation_id)
    )
    return conversation, Message.objects.select_for_update().get(pk=message.pk)


def _queue(
    message: Message, kind: str, by: By, before: dict[str, Any], **values: Any
) -> dict[str, Any]:
    """Have the platform told, in place of what it has not been told yet. Returns facts of it."""
    changes = message.changes.filter(kind=kind)
    changes.filter(status=MessageChange.Status.FAILED).delete()
    waiting = changes.filter(status=MessageChange.Status.QUEUED).select_for_update().first()
    change = waiting or MessageChange(message=message, kind=kind, before=before)
    change.author, change.author_name = _names(by)
    change.queued_at, change.attempts, change.next_attempt_at = timezone.now(), 0, None
    change.error_class = change.error = ""
    for name, value in values.items():
        setattr(change, name, value)
    change.save()
    return {"change": str(change.pk), "change_kind": kind}


def _remember_who(message: Message, by: By) -> None:
    author, name = _names(by)
    MessageChange.objects.create(
        message=message,
        kind=Kind.DELETE,
        author=author,
        author_name=name,
        status=MessageChange.Status.DONE,
    )


def _names(by: By) -> tuple[Membership | None, str]:
    return (by, "") if isinstance(by, Membership) else (None, getattr(by, "name", ""))

"""What a visitor may read of their conversation. Blocks; each call opens the workspace's scope.

Never notes, never what has not been sent, of an agent nothing but the first name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from core.text import initials
from events import types
from events.models import Event
from inbox import rich_text
from inbox.bubbles import sort_key
from inbox.delivery.lattice import REACHED
from inbox.models import Conversation, Message
from inbox.models.message import Direction, Kind, Status
from livechat import links
from livechat.widgets import Widget
from workspaces.models import Membership
from workspaces.scope import workspace_scope

PAGE: Final = 50
MOST_MISSED: Final = 300  # events; whoever missed more starts from the last page

Shown = dict[str, Any]

ABOUT_MESSAGES: Final = frozenset(
    {
        types.MESSAGE_RECEIVED,
        types.MESSAGE_SENT,
        types.MESSAGE_DELIVERED,
        types.MESSAGE_READ,
        types.MESSAGE_UNCERTAIN,
        types.MESSAGE_EDITED,
        types.MESSAGE_DELETED,
        types.MESSAGE_REACTED,
        types.MESSAGE_CHANGE_FAILED,
        types.ATTACHMENT_STORED,
        types.ATTACHMENT_FAILED,
    }
)
# The agent has read, or answered, which means the same.
ABOUT_READING: Final = frozenset(
    {types.CONVERSATION_READ, types.MESSAGE_QUEUED, types.CONVERSATION_CLOSED}
)


@dataclass(frozen=True, slots=True)
class Thread:
    """A visitor's conversation, once there is one."""

    id: UUID
    contact_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Page:
    """Messages in order. `read` is the visitor's last message that an agent has seen."""

    messages: Sequence[Shown] = ()
    gone: Sequence[str] = ()
    read: str | None = None
    has_earlier: bool = False
    is_whole: bool = True


def find_thread(widget: Widget, visitor_id: UUID) -> Thread | None:
    """The visitor's conversation; None before their first message was sorted."""
    with workspace_scope(widget.workspace_id):
        found = (
            Conversation.objects.filter(
                identity__channel=widget.channel, identity__external_id=str(visitor_id)
            )
            .select_related("contact")
            .first()
        )
        return Thread(found.id, found.contact_id, found.contact.name) if found else None


def visitor_of(widget: Widget, conversation_id: UUID) -> str | None:
    """Whose conversation this is, if it is one of this widget."""
    with workspace_scope(widget.workspace_id):
        external_id: str | None = (
            Conversation.objects.filter(pk=conversation_id, channel=widget.channel)
            .values_list("identity__external_id", flat=True)
            .first()
        )
        return external_id


def latest(widget: Widget, visitor_id: UUID, thread: Thread, before: str = "") -> Page:
    """The last messages, or those before the one named by its public id."""
    with workspace_scope(widget.workspace_id):
        messages = _visible(thread)
        if before:
            anchor = messages.filter(_named(before)).first()
            if anchor is None:
                return Page(is_whole=False)
            messages = messages.filter(_earlier_than(anchor))
        newest = list(_loaded(messages).order_by("-sent_at", "-platform_order", "-id")[: PAGE + 1])
        return Page(
            messages=_shown(newest[:PAGE][::-1], widget, visitor_id),
            read=_read_mark(thread),
            has_earlier=len(newest) > PAGE,
        )


def missed(widget: Widget, visitor_id: UUID, thread: Thread, since: int) -> Page | None:
    """What changed after `since`; None when that is too much to tell one by one."""
    with workspace_scope(widget.workspace_id):
        events = list(
            Event.objects.after(since)
            .filter(conversation_id=thread.id, action__in=ABOUT_MESSAGES | ABOUT_READING)
            .values_list("action", "subject_id")[: MOST_MISSED + 1]
        )
        if len(events) > MOST_MISSED:
            return None
        ids = {subject for action, subject in events if action in ABOUT_MESSAGES}
        return _changed(widget, visitor_id, thread, ids)


def changed(widget: Widget, visitor_id: UUID, thread: Thread, ids: Collection[UUID]) -> Page:
    """These messages (or attachments' messages) as they are now."""
    with workspace_scope(widget.workspace_id):
        return _changed(widget, visitor_id, thread, ids)


def unseen(widget: Widget, thread: Thread, last: str, status: str) -> list[str]:
    """External ids of our messages up to the one named, which would rise to `status`."""
    lower = {
        Status.DELIVERED: (Status.SENT, Status.UNKNOWN),
        Status.READ: (Status.SENT, Status.UNKNOWN, Status.DELIVERED),
    }
    with workspace_scope(widget.workspace_id):
        ours = _visible(thread).filter(direction=Direction.OUTGOING)
        anchor = ours.filter(_named(last)).first()
        if anchor is None:
            return []
        return list(
            ours.filter(_earlier_than(anchor) | Q(pk=anchor.pk))
            .filter(status__in=lower[Status(status)], external_id__isnull=False)
            .in_order()
            .values_list("external_id", flat=True)
        )


def is_somebody_here(widget: Widget) -> bool:
    """Whether a member is at work."""
    with workspace_scope(widget.workspace_id):
        return bool(Membership.objects.active().filter(online_until__gt=Now()).exists())


def _changed(widget: Widget, visitor_id: UUID, thread: Thread, ids: Collection[UUID]) -> Page:
    touched = Message.objects.filter(conversation_id=thread.id).filter(
        Q(pk__in=ids) | Q(attachments__in=ids)
    )
    touched = list(_loaded(touched).in_order().distinct())
    visible = [message for message in touched if _is_visible(message)]
    gone = [_public_id(message) for message in touched if message.deleted_at]
    return Page(
        messages=_shown(visible, widget, visitor_id),
        gone=gone,
        read=_read_mark(thread),
        is_whole=False,
    )


def _visible(thread: Thread) -> Any:
    return Message.objects.filter(
        Q(direction=Direction.INCOMING) | Q(direction=Direction.OUTGOING, status__in=REACHED),
        conversation_id=thread.id,
        deleted_at__isnull=True,
    ).exclude(kind=Kind.SYSTEM)


def _is_visible(message: Message) -> bool:
    """The twin of `_visible`."""
    if message.deleted_at or message.kind == Kind.SYSTEM:
        return False
    return message.direction == Direction.INCOMING or (
        message.direction == Direction.OUTGOING and message.status in REACHED
    )


def _loaded(messages: Any) -> Any:
    return messages.select_related("author__user", "reply_to").prefetch_related(
        "attachments", "reactions"
    )


def _earlier_than(anchor: Message) -> Q:
    same = Q(sent_at=anchor.sent_at)
    return (
        Q(sent_at__lt=anchor.sent_at)
        | (same & Q(platform_order__lt=anchor.platform_order))
        | (same & Q(platform_order=anchor.platform_order, pk__lt=anchor.pk))
    )


def _named(public_id: str) -> Q:
    """The visitor's messages go by the id that their browser made, ours by our own."""
    try:
        pk = UUID(public_id)
    except ValueError:
        return Q(pk__in=[])
    return Q(direction=Direction.INCOMING, external_id=str(pk)) | Q(
        direction=Direction.OUTGOING, pk=pk
    )


def _public_id(message: Message) -> str:
    mine = message.direction == Direction.INCOMING
    return str(message.external_id if mine and message.external_id else message.pk)


def _read_mark(thread: Thread) -> str | None:
    unread = Conversation.objects.values_list("unread_count", flat=True).get(pk=thread.id)
    theirs = Message.objects.filter(conversation_id=thread.id, direction=Direction.INCOMING)
    newest = theirs.order_by("-sent_at", "-platform_order", "-id")[unread : unread + 1]
    return next((_public_id(message) for message in newest), None)


def _shown(messages: Iterable[Message], widget: Widget, visitor_id: UUID) -> list[Shown]:
    return [_show(message, widget, visitor_id) for message in messages]


def _show(message: Message, widget: Widget, visitor_id: UUID) -> Shown:
    mine = message.direction == Direction.INCOMING
    shown: Shown = {
        "id": _public_id(message),
        "mine": mine,
        "at": message.sent_at.isoformat(),
        "key": sort_key(message.sent_at, message.platform_order, message.pk),
        "text": message.text,
        "html": str(rich_text.render(message.text, message.entities)),
        "kind": message.kind,
        "files": [
            links.show(attachment, widget.key, visitor_id)
            for attachment in sorted(message.attachments.all(), key=lambda file: file.position)
        ],
    }
    if not mine:
        shown["seen"] = message.status == Status.READ
        shown["author"] = _author(message)
    if message.edited_at:
        shown["edited"] = True
    if reactions := _reactions(message):
        shown["reactions"] = reactions
    if not mine and (buttons := _buttons(message)):
        shown["buttons"] = buttons
    if message.reply_to and _is_visible(message.reply_to):
        shown["reply"] = {
            "id": _public_id(message.reply_to),
            "text": message.reply_to.text[:200],
            "kind": message.reply_to.kind,
        }
    return shown


def _reactions(message: Message) -> list[str]:
    """Whoever put them: there are two sides only."""
    emojis = [emoji for one in message.reactions.all() for emoji in one.emojis.split()]
    return list(dict.fromkeys(emojis))


def _buttons(message: Message) -> list[list[dict[str, str]]]:
    """Rows of `{label, value}`, or `{label, link}` of those that lead elsewhere."""
    return [[_button(button) for button in row] for row in message.payload.get("buttons") or []]


def _button(button: dict[str, str]) -> dict[str, str]:
    goes = "link" if button["action"] == "link" else "value"
    return {"label": button["label"], goes: button["value"]}


def _author(message: Message) -> dict[str, str] | None:
    if message.author is None:
        return None
    # Not `author.name`, which falls back to the e-mail address.
    name = message.author.user.name
    return {"name": first_name(name), "initials": initials(name)}


def first_name(name: str) -> str:
    """What a customer sees of a colleague's name."""
    first = name.split(maxsplit=1)[0] if name.split() else ""
    return "" if "@" in first else first

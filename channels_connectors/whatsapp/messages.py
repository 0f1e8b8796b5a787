"""Messages of the Cloud API as inbound items: the customers', and ours from the Business app."""

from __future__ import annotations

from typing import Any, Final

from channels_connectors.types import (
    InboundChatMoved,
    InboundDelete,
    InboundEdit,
    InboundItem,
    InboundMessage,
    InboundProfile,
    InboundReaction,
    Person,
)

from .content import content, kind_of
from .people import Fields, Names, moment_or_none, person, recipient, sender, text

_CHANGES: Final = frozenset({"reaction", "revoke", "edit"})


def incoming(message: Fields, contacts: Any, order: int) -> list[InboundItem]:
    """What a customer did; `order` is the message's place in its envelope."""
    author = person(sender(message), contacts)
    group = text(message.get("group_id"))
    chat_id = group or author.external_id
    if changed := _change(message, chat_id, author):
        return changed
    found = content(message)
    item = InboundMessage(
        chat_id=chat_id,
        external_id=_id(message),
        order=order,
        sent_at=moment_or_none(message.get("timestamp")),
        kind=found.kind,
        text=found.text,
        sender=author,
        attachments=found.attachments,
        reply_to=_reply_to(message),
        payload=found.payload,
        referral=_referral(message),
    )
    return [item, *_moved(message, author)]


def echo(message: Fields, order: int) -> list[InboundItem]:
    """What somebody of ours wrote in the WhatsApp Business app."""
    to = recipient(message)
    chat_id = text(message.get("group_id")) or to.chat_id
    if changed := _change(message, chat_id, None):
        return changed
    found = content(message)
    return [
        InboundMessage(
            chat_id=chat_id,
            external_id=_id(message),
            order=order,
            sent_at=moment_or_none(message.get("timestamp")),
            kind=found.kind,
            text=found.text,
            direction="outgoing",
            attachments=found.attachments,
            reply_to=_reply_to(message),
            payload=found.payload,
        )
    ]


def _change(message: Fields, chat_id: str, author: Person | None) -> list[InboundItem]:
    """A reaction, an edit or a deletion: news of another message. Empty for a new message."""
    kind = kind_of(message)
    body = message.get(kind)
    if kind not in _CHANGES or not isinstance(body, dict):
        return []
    at = moment_or_none(message.get("timestamp"))
    if kind == "reaction":
        who = author or Person(external_id=text(message.get("from")) or "us")
        emoji = str(body.get("emoji") or "")
        target = _name(body.get("message_id"))
        return [InboundReaction(chat_id, target, who, (emoji,) if emoji else (), at)]
    if kind == "revoke":
        return [InboundDelete(chat_id, (_name(body.get("original_message_id")),), at)]
    found = content(body["message"])
    target = _name(body.get("original_message_id"))
    return [
        InboundEdit(
            chat_id=chat_id,
            external_id=target,
            edited_at=at,
            text=found.text,
            payload=found.payload,
            attachments=found.attachments,
        )
    ]


def _moved(message: Fields, author: Person) -> list[InboundItem]:
    """A customer took another number, or with it another business-scoped id."""
    if kind_of(message) != "system" or not isinstance(message.get("system"), dict):
        return []
    body, at = message["system"], moment_or_none(message.get("timestamp"))
    if body.get("type") in ("user_changed_number", "customer_changed_number"):
        new = text(body.get("wa_id") or body.get("new_wa_id")) or text(body.get("user_id"))
        if new and new != author.external_id:
            return [InboundChatMoved(author.external_id, new, at)]
    if body.get("type") == "user_changed_user_id":
        phone = text(message.get("from")) or text(body.get("wa_id"))
        before = Names(phone, text(message.get("from_user_id")))
        return renamed(before, text(body.get("user_id")), at)
    return []


def renamed(before: Names, scoped: str, at: Any) -> list[InboundItem]:
    """Somebody has another business-scoped id. A chat that has a number keeps its name."""
    if not scoped:
        return []
    if before.phone:
        known = Person(
            external_id=before.phone,
            phone=f"+{before.phone}" if before.phone.isdigit() else "",
            aliases=(scoped,),
        )
        return [InboundProfile(before.phone, known)]
    if before.chat_id == scoped:
        return []
    return [InboundChatMoved(before.chat_id, scoped, at)]


def _id(message: Fields) -> str:
    return _name(message.get("id"))


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a message has no id")
    return value


def _reply_to(message: Fields) -> str:
    context = message.get("context")
    return text(context.get("id")) if isinstance(context, dict) else ""


def _referral(message: Fields) -> Fields | None:
    """The advertisement that led here: `ctwa_clid`, `source_id` and the rest as they came."""
    told = message.get("referral")
    return told if isinstance(told, dict) and told else None

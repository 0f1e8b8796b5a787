"""MAX's updates as inbound items, by webhook and long poll alike; schema 0.0.33.

Plain dicts all the way: a model of all of MAX would refuse what MAX adds tomorrow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import orjson

from channels_connectors import documents
from channels_connectors.errors import ParkedPayload
from channels_connectors.ornaments import MALFORMED, Unread
from channels_connectors.types import (
    InboundDelete,
    InboundEdit,
    InboundItem,
    InboundMessage,
    InboundProfile,
    Person,
)

from . import buttons, chats
from .content import Content, content, keyboard_rows
from .people import Fields, by_user, member, number, partner

_LONGEST_KEY: Final = 150

# What we ask MAX to tell us: all that it can.
UPDATE_TYPES: Final = (
    "message_created",
    "message_edited",
    "message_removed",
    "message_callback",
    *chats.UPDATE_TYPES,
)


def parse(raw: bytes, bot_id: str = "") -> list[InboundItem]:
    """What an update says; `bot_id` tells the bot's own messages from the customers'.

    Raises ParkedPayload for what cannot be understood, and nothing else. An update of a kind that
    is new to us is a notice.
    """
    try:
        update = documents.load(raw)
        kind = str(update["update_type"])
        read = _UPDATES.get(kind)
        if read is not None:
            return read(update, bot_id)
        return chats.read(kind, update, bot_id)
    except MALFORMED as error:
        raise ParkedPayload(f"malformed update: {type(error).__name__}: {error}"[:300]) from None


def dedup_key(update: Any) -> str:
    """One key for an update, however often and whichever way it comes: MAX gives it no id.

    Raises TypeError or LookupError for what is no update.
    """
    kind, timestamp = update["update_type"], update.get("timestamp")
    if not isinstance(kind, str):
        raise TypeError("not an update")
    subject = _subject(kind, update)
    key = f"{kind}:{subject}:{timestamp}"
    is_telling = subject and type(timestamp) is int
    if is_telling and len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable():
        return key
    return fingerprint(update)


def fingerprint(document: Any) -> str:
    """A key for any JSON, by all that it says."""
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _subject(kind: str, update: Fields) -> str:
    """Whom or what the update is about. What a repetition may tell otherwise must not be in it,
    such as when its author was last seen."""
    if kind == "message_callback":
        return _text(update.get("callback"), "callback_id")
    if "message_id" in update:
        return _text(update, "message_id")
    message = update.get("message")
    if isinstance(message, dict):
        link = message.get("link")
        linked = link.get("message") if isinstance(link, dict) else None
        return _text(message.get("body") or linked, "mid")
    if (chat := _text(update, "chat_id")) and kind in chats.UPDATE_TYPES:
        # Two people may join in one millisecond.
        return f"{chat}:{_text(update.get('user'), 'user_id')}"
    return ""


def _text(facts: Any, name: str) -> str:
    value = facts.get(name) if isinstance(facts, dict) else None
    return str(value) if isinstance(value, int | str) else ""


def _message_created(update: Fields, bot_id: str) -> list[InboundItem]:
    message = update["message"]
    chat_id, is_dialog = _chat(message, bot_id)
    found, unread = content(message), Unread()
    author = message.get("sender")
    ours = _is_ours(author, is_dialog, bot_id)
    items: list[InboundItem] = [
        InboundMessage(
            chat_id=chat_id,
            external_id=_message_id(message),
            order=unread.attempt("body", message.get("body"), lambda _: _order(message), 0),
            sent_at=unread.attempt("timestamp", message.get("timestamp"), chats.moment, None),
            kind=found.kind,
            text=found.text,
            entities=found.entities,
            sender=None if ours else _author(update, chat_id, is_dialog, author),
            direction="outgoing" if ours else "incoming",
            attachments=found.attachments,
            reply_to=found.reply_to,
            payload=unread.added_to(found.payload),
        )
    ]
    if is_dialog and not ours and author:
        items += _own_number(chat_id, author, found)
    return items


def _message_edited(update: Fields, bot_id: str) -> list[InboundItem]:
    message = update["message"]
    chat_id, _is_dialog = _chat(message, bot_id)
    found, unread = content(message), Unread()
    return [
        InboundEdit(
            chat_id=chat_id,
            external_id=_message_id(message),
            edited_at=unread.attempt("timestamp", update.get("timestamp"), chats.moment, None),
            text=found.text,
            entities=found.entities,
            payload=unread.added_to(found.payload),
            attachments=found.attachments,
        )
    ]


def _message_removed(update: Fields, bot_id: str) -> list[InboundItem]:
    chat_id = str(number(update["chat_id"]))
    message_id = str(update["message_id"])
    return [InboundDelete(chat_id, (message_id,), chats.moment(update["timestamp"]))]


def _message_callback(update: Fields, bot_id: str) -> list[InboundItem]:
    """A pressed button speaks for the customer. The message is null where it was deleted since."""
    callback, message = update["callback"], update.get("message")
    unread = Unread()
    user, callback_id = callback["user"], str(callback["callback_id"])
    if message:
        chat_id, is_dialog = _chat(message, bot_id)
        place = unread.attempt("body", message.get("body"), lambda _: _order(message), 0)
        replied = _message_id(message)
    else:
        chat_id, is_dialog, place, replied = by_user(user["user_id"]), True, 0, ""
    data = str(callback.get("payload") or "")
    rows = unread.attempt("message", message, lambda it: keyboard_rows(it or {}), None)
    shown = unread.attempt("buttons", rows, lambda it: buttons.label(it, data), "")
    # A keyboard has one callback id, however often it is pressed; the time tells presses apart.
    digest = hashlib.blake2b(callback_id.encode(errors="replace"), digest_size=16).hexdigest()
    return [
        InboundMessage(
            chat_id=chat_id,
            external_id=f"button-{digest}-{number(callback['timestamp'])}",
            order=place,
            sent_at=chats.moment(callback["timestamp"]),
            kind="text",
            text=shown or data,
            sender=_author(update, chat_id, is_dialog, user),
            reply_to=replied,
            payload=unread.added_to({"button": data}),
            acknowledge={"callback_id": callback_id},
        )
    ]


def _chat(message: Fields, bot_id: str) -> tuple[str, bool]:
    """(the chat's id, whether it is a dialog). A dialog may be named by its people only."""
    recipient = message["recipient"]
    is_dialog = recipient.get("chat_type", "dialog") == "dialog"
    if recipient.get("chat_id") is not None:
        return str(number(recipient["chat_id"])), is_dialog
    author = message.get("sender") or {}
    customer = recipient if _is_ours(author, is_dialog, bot_id) else author
    return by_user(customer["user_id"]), True


def _is_ours(author: Fields | None, is_dialog: bool, bot_id: str) -> bool:
    if not author:
        return False
    if bot_id:
        return str(author.get("user_id")) == bot_id
    # Before we know who we are: of the two in a dialog one is the bot.
    return is_dialog and author.get("is_bot") is True


def _author(update: Fields, chat_id: str, is_dialog: bool, author: Fields | None) -> Person | None:
    if not author:
        # Said in a channel's own name.
        return None
    language = update.get("user_locale")
    return partner(chat_id, author, language) if is_dialog else member(author, language)


def _own_number(chat_id: str, author: Fields, found: Content) -> list[InboundItem]:
    phone = str(found.payload.get("phone") or "")
    if found.kind != "contact" or not found.payload["is_sender"] or not phone:
        return []
    return [InboundProfile(chat_id, replace(partner(chat_id, author), phone=phone))]


def _message_id(message: Fields) -> str:
    body = message.get("body")
    if body:
        mid = body["mid"]
        if not isinstance(mid, str) or not mid:
            raise ValueError("a message has no id")
        return mid
    # Only forwarded, without a body and thereby without an id of its own.
    return f"forward-{number(message['timestamp'])}-{message['link']['message']['mid']}"


def _order(message: Fields) -> int:
    return number((message.get("body") or {}).get("seq") or 0)


_UPDATES: Final[dict[str, Callable[[Fields, str], list[InboundItem]]]] = {
    "message_created": _message_created,
    "message_edited": _message_edited,
    "message_removed": _message_removed,
    "message_callback": _message_callback,
}

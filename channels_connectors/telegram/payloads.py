"""Telegram's `Update` as inbound items.

Plain dicts all the way: the sorter parses thousands of these a second, and a model of the whole Bot
API would refuse what Telegram adds tomorrow. Field names follow Bot API 10.3. How chats and
messages are named is told in `chats`: a topic of a forum and a chat of a business account are
chats of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from channels_connectors import documents
from channels_connectors.errors import ParkedPayload
from channels_connectors.ornaments import MALFORMED, Unread
from channels_connectors.types import (
    InboundChatMoved,
    InboundDelete,
    InboundEdit,
    InboundItem,
    InboundMessage,
    InboundProfile,
    Person,
)

from . import notices, reactions
from .chats import chat_id, message_id
from .content import Content, content
from .people import Fields, full_name, person, sender

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
    "message_reaction",
    "message_reaction_count",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
)

_LARGEST_ID = 2**63
_FORUMS = frozenset({"group", "supergroup"})


def parse(raw: bytes, bot_id: str = "") -> list[InboundItem]:
    """What an `Update` says; `bot_id` tells our own messages from the customer's.

    Raises ParkedPayload for what cannot be understood, and nothing else.
    """
    try:
        update = documents.load(raw)
        for name, read in _UPDATES.items():
            if name in update:
                return read(update[name], bot_id)
        kind = next((name for name in update if name != "update_id"), "")
        if kind:
            return [notices.other_news(kind, update[kind])]
    except MALFORMED as error:
        raise ParkedPayload(f"malformed update: {type(error).__name__}: {error}"[:300]) from None
    raise ParkedPayload("the update holds nothing")


def _message(message: Fields, bot_id: str) -> list[InboundItem]:
    chat = message["chat"]
    if from_chat := message.get("migrate_from_chat_id"):
        # The old group has said so already, in a chat that may have been renamed since.
        return [_moved(from_chat, chat["id"], message)]
    here, number = _chat_of(message), _number(message["message_id"])
    author = sender(message)
    found, unread = content(message), Unread()
    text = _text(message)
    ours = bot_id and author and author.external_id == bot_id
    items: list[InboundItem] = [
        InboundMessage(
            chat_id=here,
            external_id=_external_id(message),
            order=number,
            sent_at=unread.attempt("date", message.get("date"), _time, None),
            kind=found.kind,
            text=text or found.text,
            entities=found.entities,
            sender=_named(author, message, here) if author else None,
            chat_name=_chat_name(message),
            direction="outgoing" if ours or _is_owners(message) else "incoming",
            attachments=found.attachments,
            reply_to=unread.attempt(
                "reply_to_message",
                message.get("reply_to_message"),
                lambda _: _reply_to(message),
                "",
            ),
            group_key=str(message.get("media_group_id") or ""),
            payload=unread.added_to(found.payload),
            referral=_referral(text),
        )
    ]
    if found.kind == "contact" and found.payload["is_sender"] and chat.get("type") == "private":
        known = _named(person(message["from"], found.payload["phone"]), message, here)
        if not _is_owners(message):
            items.append(InboundProfile(chat_id=here, person=known))
    if to_chat := message.get("migrate_to_chat_id"):
        items.append(_moved(chat["id"], to_chat, message))
    return items


def _business_message(message: Fields, bot_id: str) -> list[InboundItem]:
    """A message in a chat of somebody who has connected the bot to their account.

    What the owner writes on their phone is ours, as is our own answer when it comes back (it names
    the bot in `sender_business_bot`): both are outgoing, and known by the message's id.
    """
    _connection(message)
    return _message(message, bot_id)


def _edited_message(message: Fields, bot_id: str) -> list[InboundItem]:
    found: Content = content(message)
    told, unread = message.get("edit_date") or message.get("date"), Unread()
    return [
        InboundEdit(
            chat_id=_chat_of(message),
            external_id=_external_id(message),
            edited_at=unread.attempt("edit_date", told, _time, None),
            text=_text(message) or found.text,
            entities=found.entities,
            payload=unread.added_to(found.payload),
            attachments=found.attachments,
        )
    ]


def _edited_business_message(message: Fields, bot_id: str) -> list[InboundItem]:
    _connection(message)
    return _edited_message(message, bot_id)


def _deleted_business_messages(deleted: Fields, bot_id: str) -> list[InboundItem]:
    here = chat_id(deleted["chat"]["id"], connection=_connection(deleted))
    ids = tuple(message_id(here, _number(number)) for number in deleted["message_ids"])
    # Telegram does not tell when.
    return [InboundDelete(chat_id=here, external_ids=ids, deleted_at=None)] if ids else []


def _callback_query(query: Fields, bot_id: str) -> list[InboundItem]:
    acknowledge = {"callback_query_id": str(query["id"])}
    message = query.get("message")
    if not message:
        # A button under a message sent through inline mode belongs to no chat of the bot.
        return [notices.other_news("callback_query", query)]
    here = _chat_of(message)
    data = str(query.get("data") or query.get("game_short_name") or "")
    unread, markup = Unread(), message.get("reply_markup")
    label = unread.attempt("reply_markup", markup, lambda it: _button_label(it or {}, data), "")
    return [
        InboundMessage(
            chat_id=here,
            external_id=_external_id(message, f"button-{query['id']}"),
            order=_number(message["message_id"]),
            sent_at=None,
            kind="text",
            text=label or data,
            sender=_named(person(query["from"]), message, here),
            chat_name=_chat_name(message),
            reply_to=_external_id(message),
            payload=unread.added_to({"button": data}),
            acknowledge=acknowledge,
        )
    ]


def _chat_of(message: Fields) -> str:
    """Our id of the chat that a message stands in."""
    return chat_id(
        message["chat"]["id"],
        topic=_topic(message),
        connection=str(message.get("business_connection_id") or ""),
    )


def _topic(message: Fields) -> int | None:
    """The topic of a group's forum. (Threads of replies outside of forums are no chats.)"""
    if not message.get("is_topic_message") or message["chat"].get("type") not in _FORUMS:
        return None
    topic = _number(message["message_thread_id"])
    if topic <= 0:
        raise ValueError("a topic's id is not positive")
    return topic


def _external_id(message: Fields, number: Any = None) -> str:
    connection = str(message.get("business_connection_id") or "")
    return message_id(
        chat_id(message["chat"]["id"], connection=connection),
        _number(message["message_id"]) if number is None else number,
    )


def _chat_name(message: Fields) -> str:
    """The chat's name; of a topic's chat "" where the message does not tell it, as known names
    must not come and go."""
    name = full_name(message["chat"])
    if _topic(message) is None:
        return name
    topic = Unread().attempt("forum_topic_created", message, _topic_name, "")
    return f"{name} · {topic}" if topic else ""


def _topic_name(message: Fields) -> Any:
    opening = (message.get("reply_to_message") or {}).get("forum_topic_created")
    told = message.get("forum_topic_created") or message.get("forum_topic_edited") or opening or {}
    return told.get("name")


def _named(found: Person, message: Fields, here: str) -> Person:
    """The other side of a business account's chat goes by the chat's id, as in all chats of two."""
    if message.get("business_connection_id") and found.external_id == str(message["chat"]["id"]):
        return replace(found, external_id=here)
    return found


def _is_owners(message: Fields) -> bool:
    """Whether a message of a business account's chat is not its customer's."""
    user = message.get("from") or {}
    return bool(message.get("business_connection_id")) and user.get("id") != message["chat"]["id"]


def _connection(body: Fields) -> str:
    if not (connection := str(body.get("business_connection_id") or "")):
        raise ValueError("no business connection is named")
    return connection


def _moved(old: Any, new: Any, message: Fields) -> InboundChatMoved:
    return InboundChatMoved(
        chat_id=str(_number(old)), new_chat_id=str(_number(new)), at=_time(message["date"])
    )


def _text(message: Fields) -> str:
    return str(message.get("text") or message.get("caption") or "")


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _number(value: Any) -> int:
    if type(value) is not int or not -_LARGEST_ID <= value < _LARGEST_ID:
        raise ValueError("a message id is not a number")
    return value


def _referral(text: str) -> Fields | None:
    """The payload of a deep link `https://t.me/<bot>?start=<payload>`."""
    if not text.startswith("/start "):
        return None
    payload = text[7:].strip()
    return {"start": payload} if payload else None


def _reply_to(message: Fields) -> str:
    replied = message.get("reply_to_message")
    if not replied:
        return ""
    number = replied["message_id"]
    # In a forum every message of a topic "replies" to the one that opened the topic.
    if message.get("is_topic_message") and number == message.get("message_thread_id"):
        return ""
    return _external_id(message, number)


def _button_label(markup: Fields, data: str) -> str:
    for row in markup.get("inline_keyboard") or ():
        for button in row:
            if button.get("callback_data") == data:
                return str(button.get("text") or "")
    return ""


_UPDATES: dict[str, Callable[[Fields, str], list[InboundItem]]] = {
    "message": _message,
    "edited_message": _edited_message,
    "channel_post": _message,
    "edited_channel_post": _edited_message,
    "callback_query": _callback_query,
    "my_chat_member": lambda body, _: notices.my_chat_member(body),
    "message_reaction": lambda body, _: [reactions.message_reaction(body)],
    "message_reaction_count": lambda body, _: [reactions.message_reaction_count(body)],
    "business_connection": lambda body, _: [notices.business_connection(body)],
    "business_message": _business_message,
    "edited_business_message": _edited_business_message,
    "deleted_business_messages": _deleted_business_messages,
}

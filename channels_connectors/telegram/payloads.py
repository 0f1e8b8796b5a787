"""Telegram's `Update` as inbound items.

Plain dicts all the way: the sorter parses thousands of these a second, and a model of the whole Bot
API would refuse what Telegram adds tomorrow. Field names follow Bot API 10.3.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from channels_connectors import documents
from channels_connectors.errors import ParkedPayload
from channels_connectors.types import (
    InboundEdit,
    InboundItem,
    InboundMessage,
    InboundProfile,
    InboundReachability,
    InboundReaction,
    names,
)

from .content import Content, content, entities
from .people import Fields, chat_as_person, full_name, person, sender

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
    "message_reaction",
)

_LARGEST_ID = 2**63


def parse(raw: bytes, bot_id: str = "") -> list[InboundItem]:
    """What an `Update` says; `bot_id` tells our own messages from the customer's.

    Raises ParkedPayload for what cannot be understood, and nothing else.
    """
    try:
        update = documents.load(raw)
        for name, read in _UPDATES.items():
            if name in update:
                return read(update[name], bot_id)
        kind = next((name for name in update if name != "update_id"), "nothing")
    except (
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        OverflowError,
        OSError,
        RecursionError,
    ) as error:
        raise ParkedPayload(f"malformed update: {type(error).__name__}: {error}"[:300]) from None
    if kind in _IGNORED:
        return []
    raise ParkedPayload(f"the update holds {kind[:100]}, which is not handled")


def message_id(chat_id: Any, number: Any) -> str:
    """The public id of a message, which in Telegram is unique only inside its chat."""
    return f"{chat_id}:{number}"


def _message(message: Fields, bot_id: str) -> list[InboundItem]:
    chat = message["chat"]
    chat_id = str(chat["id"])
    number = _number(message["message_id"])
    author = sender(message)
    found = content(message)
    text = _text(message)
    items: list[InboundItem] = [
        InboundMessage(
            chat_id=chat_id,
            external_id=f"{chat_id}:{number}",
            order=number,
            sent_at=_time(message["date"]),
            kind=found.kind,
            text=text,
            entities=entities(message),
            sender=author,
            chat_name=full_name(chat),
            direction="outgoing"
            if bot_id and author and author.external_id == bot_id
            else "incoming",
            attachments=found.attachments,
            reply_to=_reply_to(message, chat_id),
            group_key=str(message.get("media_group_id") or ""),
            payload=found.payload,
            referral=_referral(text),
        )
    ]
    if found.kind == "contact" and found.payload["is_sender"] and chat.get("type") == "private":
        known = person(message["from"], phone=found.payload["phone"])
        items.append(InboundProfile(chat_id=chat_id, person=known))
    return items


def _edited_message(message: Fields, bot_id: str) -> list[InboundItem]:
    chat_id = str(message["chat"]["id"])
    found: Content = content(message)
    return [
        InboundEdit(
            chat_id=chat_id,
            external_id=f"{chat_id}:{_number(message['message_id'])}",
            edited_at=_time(message.get("edit_date") or message["date"]),
            text=_text(message),
            entities=entities(message),
            payload=found.payload,
            attachments=found.attachments,
        )
    ]


def _callback_query(query: Fields, bot_id: str) -> list[InboundItem]:
    acknowledge = {"callback_query_id": str(query["id"])}
    message = query.get("message")
    if not message:
        # A button under a message sent through inline mode belongs to no chat of the bot.
        return []
    chat_id = str(message["chat"]["id"])
    number = _number(message["message_id"])
    data = str(query.get("data") or query.get("game_short_name") or "")
    return [
        InboundMessage(
            chat_id=chat_id,
            external_id=message_id(chat_id, f"button-{query['id']}"),
            order=number,
            sent_at=None,
            kind="text",
            text=_button_label(message, data) or data,
            sender=person(query["from"]),
            chat_name=full_name(message["chat"]),
            reply_to=message_id(chat_id, number),
            payload={"button": data},
            acknowledge=acknowledge,
        )
    ]


def _my_chat_member(change: Fields, bot_id: str) -> list[InboundItem]:
    member = change["new_chat_member"]
    status = member["status"]
    reachable = status not in ("kicked", "left") and member.get("can_send_messages") is not False
    blocked = status == "kicked" and change["chat"].get("type") == "private"
    return [
        InboundReachability(
            chat_id=str(change["chat"]["id"]),
            reachable=reachable,
            at=_time(change["date"]),
            reason="" if reachable else "blocked" if blocked else str(status),
        )
    ]


def _message_reaction(reaction: Fields, bot_id: str) -> list[InboundItem]:
    chat_id = str(reaction["chat"]["id"])
    user = reaction.get("user")
    return [
        InboundReaction(
            chat_id=chat_id,
            external_id=message_id(chat_id, _number(reaction["message_id"])),
            person=person(user) if user else chat_as_person(reaction["actor_chat"]),
            emojis=tuple(_emoji(item) for item in reaction["new_reaction"]),
            at=_time(reaction["date"]),
        )
    ]


def _emoji(reaction: Fields) -> str:
    # A custom emoji is a picture of Telegram's own and a paid reaction a star without an emoji.
    return str(reaction.get("emoji") or ("⭐" if reaction.get("type") == "paid" else "✨"))


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


def _reply_to(message: Fields, chat_id: str) -> str:
    replied = message.get("reply_to_message")
    if not replied:
        return ""
    number = replied["message_id"]
    # In a forum every message of a topic "replies" to the one that opened the topic.
    if message.get("is_topic_message") and number == message.get("message_thread_id"):
        return ""
    return message_id(chat_id, number)


def _button_label(message: Fields, data: str) -> str:
    markup = message.get("reply_markup") or {}
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
    "my_chat_member": _my_chat_member,
    "message_reaction": _message_reaction,
}

# Kinds that say nothing about a conversation, should Telegram send them against ALLOWED_UPDATES.
_IGNORED = names(
    """
    message_reaction_count inline_query chosen_inline_result shipping_query pre_checkout_query
    purchased_paid_media poll poll_answer chat_member chat_join_request chat_boost
    removed_chat_boost managed_bot subscription stopped_message_generation
    """
)

"""Messages entering chats, from the bot and from people."""

from __future__ import annotations

import secrets
from typing import Any

from .world import Bot, Chat, World, now

Fields = dict[str, Any]


def add_from_person(
    world: World, bot: Bot, chat: Chat, user_id: int, body: Fields, link: Fields | None = None
) -> Fields:
    """A person says something. Returns the message."""
    sender = world.person(user_id)
    message = _keep(chat, sender, bot.id, body, link)
    world.tell(bot, "message", chat_id=chat.chat_id, message=message)
    update: Fields = {"message": message}
    if chat.kind == "dialog":
        update["user_locale"] = world.people[user_id].get("locale", "ru")
    bot.emit("message_created", update, chat.chat_id)
    return message


def add_from_bot(
    world: World, bot: Bot, chat: Chat, body: Fields, link: Fields | None = None
) -> Fields:
    """The bot says something, by a program. Returns the message."""
    message = _keep(chat, bot.shown(), chat.user_id, body, link)
    world.tell(bot, "message", chat_id=chat.chat_id, message=message)
    if bot.echoes:
        bot.emit("message_created", {"message": message}, chat.chat_id)
    return message


def linked(message: Fields, kind: str) -> Fields:
    """A message as it appears inside another."""
    told: Fields = {"type": kind, "sender": message["sender"], "message": message["body"]}
    if kind == "forward":
        told["chat_id"] = message["recipient"]["chat_id"]
    return told


def shown(world: World, chat: Chat) -> Fields:
    """As GET /chats/{chatId} tells it."""
    told: Fields = {
        "chat_id": chat.chat_id,
        "type": chat.kind,
        "status": chat.status,
        "title": chat.title or None,
        "icon": None,
        "last_event_time": now(),
        "participants_count": 2,
        "is_public": False,
        "link": None,
        "description": None,
    }
    if chat.kind == "dialog":
        known = world.people.get(chat.user_id, {})
        user = {**world.person(chat.user_id), "description": known.get("description")}
        if avatar := known.get("avatar"):
            user |= {"avatar_url": avatar, "full_avatar_url": avatar}
        told["dialog_with_user"] = user
    return told


def _keep(
    chat: Chat, sender: Fields, recipient_id: int, body: Fields, link: Fields | None
) -> Fields:
    chat.seq = max(chat.seq + 1, now() << 16)
    message: Fields = {
        "sender": sender,
        "recipient": {
            "chat_id": chat.chat_id,
            "chat_type": chat.kind,
            "user_id": recipient_id if chat.kind == "dialog" else None,
        },
        "timestamp": now(),
        "body": {
            "mid": f"mid.{secrets.token_hex(16)}",
            "seq": chat.seq,
            "text": "",
            "attachments": None,
            **body,
        },
    }
    if link:
        message["link"] = link
    chat.keep(message)
    return message

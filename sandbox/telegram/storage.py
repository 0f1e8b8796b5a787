"""The stand-in's memory on disk, so that a restart keeps the chats."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from sandbox.memory import Memory

from .courier import Update, Webhook
from .world import Bot, Chat, StoredFile, World


def _read(world: World, kept: dict[str, Any]) -> None:
    world.people.update({person["id"]: person for person in kept["people"]})
    world.files.update({file["file_id"]: StoredFile(**file) for file in kept["files"]})
    for bot in kept["bots"]:
        _load_bot(world, bot)


def _write(world: World) -> dict[str, Any]:
    return {
        "people": list(world.people.values()),
        "files": [asdict(file) for file in world.files.values()],
        "bots": [_bot(bot) for bot in world.bots.values()],
    }


def _bot(bot: Bot) -> dict[str, Any]:
    return {
        "token": bot.token,
        "name": bot.name,
        "username": bot.username,
        "last_message_id": bot.last_message_id,
        "last_update_id": bot.last_update_id,
        "webhook": asdict(bot.courier.webhook),
        "pending": [asdict(update) for update in bot.courier.pending.values()],
        "chats": (
            {
                "info": chat.info,
                "blocked": chat.blocked,
                "moved_to": chat.moved_to,
                "connection": chat.connection,
                "keyboard": chat.keyboard,
                "read_up_to": chat.read_up_to,
                "topics": list(chat.topics.items()),
                "reactions": list(chat.reactions.items()),
                "messages": list(chat.messages.values()),
            }
            for chat in (*bot.chats.values(), *bot.business_chats.values())
        ),
        "connections": list(bot.connections.values()),
        "is_local": bot.is_local,
    }


def _load_bot(world: World, kept: dict[str, Any]) -> None:
    bot = Bot(kept["token"], world)
    bot.name, bot.username = kept["name"], kept["username"]
    bot.last_message_id, bot.last_update_id = kept["last_message_id"], kept["last_update_id"]
    known = {field.name for field in fields(Webhook)}
    bot.courier.webhook = Webhook(**{name: kept["webhook"][name] for name in known})
    bot.courier.pending = {update["id"]: Update(**update) for update in kept["pending"]}
    bot.connections = {known["id"]: known for known in kept.get("connections", [])}
    bot.is_local = kept.get("is_local", False)
    for facts in kept["chats"]:
        messages = {message["message_id"]: message for message in facts.pop("messages")}
        # JSON has no numbers for keys.
        pairs = {name: dict(facts.pop(name, [])) for name in ("topics", "reactions")}
        chat = Chat(**facts, **pairs, messages=messages)
        if chat.connection:
            bot.business_chats[chat.connection, chat.id] = chat
        else:
            bot.chats[chat.id] = chat
    world.bots[bot.token] = bot


memory = Memory(_write, _read)

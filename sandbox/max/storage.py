"""The stand-in's memory on disk, so that a restart keeps the chats."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from sandbox.memory import Memory

from .courier import Subscription
from .world import Bot, Chat, StoredFile, World

_OF_CHAT = tuple(field.name for field in fields(Chat) if field.name != "sends")
_KEPT = ("name", "username", "keeps_rates", "echoes")


def _read(world: World, kept: dict[str, Any]) -> None:
    world.people.update({person["user_id"]: person for person in kept["people"]})
    world.files.update({file["token"]: StoredFile(**file) for file in kept["files"]})
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
        **{name: getattr(bot, name) for name in _KEPT},
        "subscriptions": [asdict(one) for one in bot.courier.subscriptions.values()],
        "waiting": list(bot.longpoll.waiting.items()),
        "next": bot.longpoll.next,
        "chats": (
            {name: getattr(chat, name) for name in _OF_CHAT} for chat in tuple(bot.chats.values())
        ),
    }


def _load_bot(world: World, kept: dict[str, Any]) -> None:
    bot = Bot(kept["token"], world)
    for name in _KEPT:
        setattr(bot, name, kept[name])
    for one in kept["subscriptions"]:
        pending = {name: (update, key) for name, (update, key) in one.pop("pending").items()}
        bot.courier.subscriptions[one["url"]] = Subscription(**one, pending=pending)
    bot.longpoll.waiting = dict(kept["waiting"])
    bot.longpoll.next = kept["next"]
    bot.chats = {chat["chat_id"]: Chat(**chat) for chat in kept["chats"]}
    world.bots[bot.token] = bot


memory = Memory(_write, _read)

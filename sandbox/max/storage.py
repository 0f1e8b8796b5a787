"""The stand-in's memory on disk, so that a restart keeps the chats."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .courier import Subscription
from .world import Bot, Chat, StoredFile, World

_KEPT = ("name", "username", "keeps_rates", "echoes")

logger = logging.getLogger(__name__)


def load(world: World) -> None:
    """Fill the world from its folder, if it has one. A broken file is left aside, not fatal."""
    path = _path(world)
    if path is None or not path.exists():
        return
    try:
        kept = json.loads(path.read_text())
        world.people.update({person["user_id"]: person for person in kept["people"]})
        world.files.update({file["token"]: StoredFile(**file) for file in kept["files"]})
        for bot in kept["bots"]:
            _load_bot(world, bot)
    except (ValueError, LookupError, TypeError) as error:
        logger.warning("The sandbox begins anew: its memory of MAX cannot be read (%s).", error)


def save(world: World) -> None:
    """Write the world to its folder, if it has one."""
    path = _path(world)
    if path is None:
        return
    kept = {
        "people": list(world.people.values()),
        "files": [asdict(file) for file in world.files.values()],
        "bots": [_bot(bot) for bot in world.bots.values()],
    }
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(kept, ensure_ascii=False))
    fresh.replace(path)
    world.changed = False


def _path(world: World) -> Path | None:
    return world.folder and world.folder / "max.json"


def _bot(bot: Bot) -> dict[str, Any]:
    return {
        "token": bot.token,
        **{name: getattr(bot, name) for name in _KEPT},
        "subscriptions": [asdict(one) for one in bot.courier.subscriptions.values()],
        "waiting": list(bot.longpoll.waiting.items()),
        "next": bot.longpoll.next,
        "chats": [{**asdict(chat), "sends": []} for chat in bot.chats.values()],
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

"""The stand-in's memory on disk, so that a restart keeps the chats."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .world import SETTINGS, Account, Chat, StoredFile, World

_KEPT = (
    *SETTINGS,
    "subscribed",
    "account_callback",
    "number_callback",
    "asynchronous",
    "templates",
)

logger = logging.getLogger(__name__)


def load(world: World) -> None:
    """Fill the world from its folder, if it has one. A broken file is left aside, not fatal."""
    path = _path(world)
    if path is None or not path.exists():
        return
    try:
        kept = json.loads(path.read_text())
        world.people.update({person["wa_id"]: person for person in kept["people"]})
        world.files.update({file["id"]: StoredFile(**file) for file in kept["files"]})
        for account in kept["accounts"]:
            _load_account(world, account)
    except (ValueError, LookupError, TypeError) as error:
        logger.warning(
            "The sandbox begins anew: its memory of WhatsApp cannot be read (%s).", error
        )


def save(world: World) -> None:
    """Write the world to its folder, if it has one."""
    path = _path(world)
    if path is None:
        return
    kept = {
        "people": list(world.people.values()),
        "files": [asdict(file) for file in world.files.values()],
        "accounts": [_account(account) for account in world.accounts.values()],
    }
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(kept, ensure_ascii=False))
    fresh.replace(path)
    world.changed = False


def _path(world: World) -> Path | None:
    return world.folder and world.folder / "whatsapp.json"


def _account(account: Account) -> dict[str, Any]:
    return {
        "token": account.token,
        **{name: getattr(account, name) for name in _KEPT},
        "pending": list(account.courier.pending.items()),
        "chats": [
            {
                "person": chat.person,
                "heard_at": chat.heard_at,
                "messages": list(chat.messages.values()),
            }
            for chat in account.chats.values()
        ],
    }


def _load_account(world: World, kept: dict[str, Any]) -> None:
    account = Account(kept["token"], world)
    for name in _KEPT:
        setattr(account, name, kept[name])
    for name, (change, chat) in kept["pending"]:
        account.courier.pending[name] = (change, chat)
    for chat in kept["chats"]:
        messages = {message["id"]: message for message in chat["messages"]}
        account.chats[chat["person"]] = Chat(chat["person"], chat["heard_at"], messages)
    world.accounts[account.token] = account

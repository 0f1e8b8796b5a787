"""The stand-in's memory on disk, so that a restart keeps the chats."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sandbox.memory import Memory

from .world import SETTINGS, Account, Chat, StoredFile, World

_KEPT = (
    *SETTINGS,
    "subscribed",
    "account_callback",
    "number_callback",
    "asynchronous",
    "templates",
)


def _read(world: World, kept: dict[str, Any]) -> None:
    world.people.update({person["wa_id"]: person for person in kept["people"]})
    world.files.update({file["id"]: StoredFile(**file) for file in kept["files"]})
    for account in kept["accounts"]:
        _load_account(world, account)


def _write(world: World) -> dict[str, Any]:
    return {
        "people": list(world.people.values()),
        "files": [asdict(file) for file in world.files.values()],
        "accounts": [_account(account) for account in world.accounts.values()],
    }


def _account(account: Account) -> dict[str, Any]:
    return {
        "token": account.token,
        **{name: getattr(account, name) for name in _KEPT},
        "pending": list(account.courier.pending.items()),
        "chats": (
            {
                "person": chat.person,
                "heard_at": chat.heard_at,
                "messages": list(chat.messages.values()),
            }
            for chat in tuple(account.chats.values())
        ),
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


memory = Memory(_write, _read)

"""Everything the stand-in remembers: bots, people, chats, messages, files."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from sandbox.journal import Journal
from sandbox.worlds import BaseWorld

from .courier import Courier
from .faults import Faults

if TYPE_CHECKING:
    from .bulk import Bulk

Fields = dict[str, Any]

PEOPLE: tuple[Fields, ...] = (
    {"id": 610_001, "first_name": "Мария", "last_name": "Петрова", "username": "maria_p"},
    {"id": 610_002, "first_name": "Илья", "last_name": "Соколов", "username": "ilya_sokolov"},
    {"id": 610_003, "first_name": "Emma", "last_name": "Clarke", "username": "emma_clarke"},
)
# A chat shows its last messages; older ones are forgotten.
KEPT_MESSAGES = 500


@dataclass
class StoredFile:
    """A file that somebody sent, on our disk."""

    file_id: str
    unique_id: str
    path: str
    name: str
    mime: str
    size: int


@dataclass
class Chat:
    """One chat of one bot. `info` is the Bot API's `Chat`.

    `connection` names the business account whose chat it is, `keyboard` is the customer's now,
    `topics` are a forum's, `reactions` who has put what on which message.
    """

    info: Fields
    blocked: bool = False
    moved_to: int | None = None
    connection: str = ""
    keyboard: Fields | None = None
    read_up_to: int = 0
    topics: dict[int, str] = field(default_factory=dict)
    reactions: dict[int, dict[str, list[str]]] = field(default_factory=dict)
    messages: dict[int, Fields] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """The chat's id: for a private chat that of the person."""
        return int(self.info["id"])

    @property
    def key(self) -> str:
        """Updates of one chat go in order."""
        return f"{self.id}@{self.connection}" if self.connection else str(self.id)

    def react(self, message_id: int, by: str, emojis: list[str]) -> list[str]:
        """Remember somebody's reactions; returns those that they had before."""
        known = self.reactions.setdefault(message_id, {})
        before = known.pop(by, [])
        if emojis:
            known[by] = emojis
        return before

    def emojis(self, message_id: int) -> list[str]:
        """All reactions on a message."""
        return [emoji for emojis in self.reactions.get(message_id, {}).values() for emoji in emojis]

    def keep(self, message: Fields) -> None:
        """Remember a message."""
        self.messages[message["message_id"]] = message
        while len(self.messages) > KEPT_MESSAGES:
            del self.messages[next(iter(self.messages))]


class Bot:
    """One bot: its chats, its counters, its way of getting updates."""

    def __init__(self, token: str, world: World) -> None:
        self.token = token
        self.id = int(token.partition(":")[0])
        self.username = f"sandbox_{self.id}_bot"
        self.name = f"Sandbox {self.id}"
        self.chats: dict[int, Chat] = {}
        self.connections: dict[str, Fields] = {}
        self.business_chats: dict[tuple[str, int], Chat] = {}
        # A server of one's own, `--local`: larger files, paths on its disk.
        self.is_local = False
        self.shares_files = False
        self.faults = Faults()
        self.callbacks: dict[str, str | None] = {}
        self.poll: asyncio.Future[None] | None = None
        self.flood: Bulk | None = None
        self.last_message_id = 0
        # Begins at random and grows by one, as with Telegram.
        self.last_update_id = secrets.randbelow(900_000_000) + 1_000_000
        self.courier = Courier(self, world)

    @property
    def user(self) -> Fields:
        """The bot as the sender of its messages."""
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.name,
            "username": self.username,
        }

    def next_message_id(self) -> int:
        """In private chats ids grow over all chats of a bot."""
        self.last_message_id += 1
        return self.last_message_id


# Those of the demo's past: they wrote to its bot before anybody played it.
PAST: Final = range(500_000_001, 800_000_000)


class World(BaseWorld):
    """All bots, and the people who write to them."""

    name = "telegram"

    def __init__(self, journal: Journal, folder: Path | None) -> None:
        super().__init__(journal, folder)
        self.bots: dict[str, Bot] = {}
        self.people: dict[int, Fields] = {int(person["id"]): dict(person) for person in PEOPLE}
        self.files: dict[str, StoredFile] = {}

    def couriers(self) -> list[Courier]:
        """Of all bots."""
        return [bot.courier for bot in self.bots.values()]

    def bot(self, token: str) -> Bot:
        """The bot of a token, made at its first use."""
        if token not in self.bots:
            self.bots[token] = Bot(token, self)
            self.changed = True
        return self.bots[token]

    def bot_by_id(self, bot_id: int) -> Bot | None:
        """The bot that pages name by its id."""
        return next((bot for bot in self.bots.values() if bot.id == bot_id), None)

    def person(self, person_id: int) -> Fields:
        """A `User`; an unknown id becomes a new person."""
        known = self.people.setdefault(
            person_id, {"id": person_id, "first_name": f"Customer {person_id}"}
        )
        return {"is_bot": False, "language_code": "ru", **known}

    def private_chat(self, bot: Bot, person_id: int) -> Chat:
        """The chat of a person with a bot."""
        if person_id not in bot.chats:
            bot.chats[person_id] = Chat(self.private_info(person_id))
        return bot.chats[person_id]

    def private_info(self, person_id: int) -> Fields:
        """A person as a `Chat`."""
        person = self.person(person_id)
        names = ("first_name", "last_name", "username")
        return {
            "id": person_id,
            "type": "private",
            **{name: person[name] for name in names if name in person},
        }


def now() -> int:
    """The time as Telegram writes it: whole seconds."""
    return int(time.time())


WORLD: web.AppKey[World] = web.AppKey("world", World)

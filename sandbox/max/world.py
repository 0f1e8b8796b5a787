"""Everything the stand-in of MAX remembers: bots, people, dialogs, files."""

from __future__ import annotations

import secrets
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.journal import Journal
from sandbox.worlds import BaseWorld

from .courier import Courier
from .faults import Faults
from .longpoll import LongPoll

Fields = dict[str, Any]

PEOPLE: tuple[Fields, ...] = (
    {"user_id": 810_001, "first_name": "Мария", "last_name": "Петрова", "username": "maria_p"},
    {"user_id": 810_002, "first_name": "Илья", "last_name": "Соколов", "username": None},
    {"user_id": 810_003, "first_name": "Emma", "last_name": "Clarke", "username": "emma_c"},
)
KEPT_MESSAGES = 500


@dataclass
class StoredFile:
    """A file that somebody sent, on our disk; `kind` is image, video, audio, file or sticker."""

    id: int
    token: str
    kind: str
    name: str
    mime: str
    size: int
    # When MAX will have processed it, in seconds of the epoch.
    ready_at: float = 0.0

    @property
    def path(self) -> str:
        """Its address on this server."""
        return f"/max/files/{self.id}_{self.token}"


@dataclass
class Chat:
    """A chat of one bot: `active`, or `suspended` after the customer stopped the bot."""

    chat_id: int
    kind: str = "dialog"
    user_id: int = 0
    title: str = ""
    status: str = "active"
    seq: int = 0
    messages: dict[str, Fields] = field(default_factory=dict)
    sends: list[float] = field(default_factory=list)

    def keep(self, message: Fields) -> None:
        """Remember a message."""
        self.messages[message["body"]["mid"]] = message
        while len(self.messages) > KEPT_MESSAGES:
            del self.messages[next(iter(self.messages))]


class Bot:
    """One bot: its chats, its subscriptions, its long poll."""

    def __init__(self, token: str, world: World) -> None:
        self.token = token
        self.id = 250_000_000 + zlib.crc32(token.encode()) % 9_000_000
        self.name = f"Sandbox {self.id}"
        self.username = f"sandbox_{self.id}_bot"
        # Switches: the rates of the documentation count; own messages come back as updates.
        self.keeps_rates = False
        self.echoes = False
        self.processing_seconds = 0.0
        self.chats: dict[int, Chat] = {}
        # Pressed buttons that wait for an answer, by their callback.
        self.presses: dict[str, Fields | None] = {}
        self.sends: list[float] = []
        self.faults = Faults()
        self.longpoll = LongPoll()
        self.courier = Courier(self, world)

    def dialog(self, user_id: int) -> Chat:
        """The dialog with a person, made at its first use; its id is neither's own."""
        chat_id = self._dialog_id(user_id)
        return self.chats.setdefault(chat_id, Chat(chat_id, user_id=user_id))

    def known_dialog(self, user_id: int) -> Chat | None:
        """The dialog with a person who has begun one."""
        return self.chats.get(self._dialog_id(user_id))

    def _dialog_id(self, user_id: int) -> int:
        return zlib.crc32(f"{self.id}:{user_id}".encode()) + 1_000_000_000

    def shown(self) -> Fields:
        """As a `User` of MAX's."""
        return {
            "user_id": self.id,
            "first_name": self.name,
            "last_name": None,
            "username": self.username,
            "is_bot": True,
            "last_activity_time": now(),
        }

    def emit(self, kind: str, body: Fields, chat_id: int) -> Fields:
        """An update, to who is subscribed or else to who polls."""
        update = {"update_type": kind, "timestamp": now(), **body}
        if self.courier.subscriptions:
            self.courier.push(update, str(chat_id))
        else:
            self.longpoll.add(update)
        return update


class World(BaseWorld):
    """All bots, and the people who write to them."""

    name = "max"

    def __init__(self, journal: Journal, folder: Path | None) -> None:
        super().__init__(journal, folder)
        self.bots: dict[str, Bot] = {}
        self.people: dict[int, Fields] = {int(one["user_id"]): dict(one) for one in PEOPLE}
        self.files: dict[str, StoredFile] = {}
        # Upload servers that were named: what they take, and the token that it will have.
        self.tickets: dict[str, tuple[str, str]] = {}

    def couriers(self) -> list[Courier]:
        """Of all bots."""
        return [bot.courier for bot in self.bots.values()]

    def bot(self, token: str) -> Bot:
        """The bot of a token, made at its first use."""
        if token not in self.bots:
            self.bots[token] = Bot(token, self)
            self.changed = True
        return self.bots[token]

    def person(self, user_id: int) -> Fields:
        """A `User` of MAX's; an unknown id becomes a new person."""
        known = self.people.setdefault(
            user_id, {"user_id": user_id, "first_name": "Customer", "last_name": str(user_id)}
        )
        names = {name: known.get(name) for name in ("first_name", "last_name", "username")}
        return {"user_id": user_id, **names, "is_bot": False, "last_activity_time": now()}

    def store(
        self,
        kind: str,
        name: str,
        mime: str,
        data: bytes,
        *,
        token: str = "",
        ready_at: float = 0,
    ) -> StoredFile:
        """Keep a file."""
        number = 940_000 + len(self.files)
        token = token or secrets.token_urlsafe(18)
        file = StoredFile(number, token, kind, name, mime, len(data), ready_at)
        self.keep(number, data)
        self.files[token] = file
        return file

    def let_pages_go(self) -> None:
        """End the streams of the pages and the long polls, so that the server can stop."""
        super().let_pages_go()
        for bot in self.bots.values():
            bot.longpoll.close()


def now() -> int:
    """The time as MAX writes it: milliseconds."""
    return time.time_ns() // 1_000_000


MAX_WORLD: web.AppKey[World] = web.AppKey("max_world", World)

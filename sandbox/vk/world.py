"""Everything the stand-in of VK remembers: communities, people, chats, files."""

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

VERSION = "5.199"
PEOPLE: tuple[Fields, ...] = (
    {"id": 710_001, "first_name": "Мария", "last_name": "Петрова", "screen_name": "maria_p"},
    {"id": 710_002, "first_name": "Илья", "last_name": "Соколов", "screen_name": "ilya_sokolov"},
    {"id": 710_003, "first_name": "Emma", "last_name": "Clarke", "screen_name": "emma_clarke"},
)
RIGHTS = ("manage", "messages", "photos", "docs")
KEPT_MESSAGES = 500
FIRST_GROUP_CHAT = 2_000_000_000


@dataclass
class StoredFile:
    """A file that somebody sent, on our disk; `kind` is photo, doc or audio_message."""

    id: int
    owner_id: int
    key: str
    kind: str
    name: str
    mime: str
    size: int

    @property
    def path(self) -> str:
        """Its address on this server."""
        return f"/vk/files/{self.id}_{self.key}"


@dataclass
class Chat:
    """One chat of a community. `allowed`: the person lets it write; `read`: how far it has read."""

    peer_id: int
    allowed: bool = False
    last: int = 0
    read: int = 0
    messages: dict[int, Fields] = field(default_factory=dict)
    sent: dict[int, tuple[float, int]] = field(default_factory=dict)

    def keep(self, message: Fields) -> None:
        """Remember a message."""
        self.messages[message["conversation_message_id"]] = message
        while len(self.messages) > KEPT_MESSAGES:
            del self.messages[next(iter(self.messages))]


class Community:
    """One community: its chats, its callback servers, its long poll."""

    def __init__(self, token: str, world: World) -> None:
        self.token = token
        self.id = 220_000_000 + zlib.crc32(token.encode()) % 9_000_000
        self.name = f"Sandbox {self.id}"
        self.screen_name = f"sandbox_{self.id}"
        self.rights = list(RIGHTS)
        self.code = secrets.token_hex(4)
        self.chats: dict[int, Chat] = {}
        # Where a message of the community's own number is: its peer, its number there.
        self._places: dict[int, tuple[int, int]] = {}
        self.last_message_id = 0
        self.faults = Faults()
        # Callback buttons that wait for an answer, by their event.
        self.presses: dict[str, str | None] = {}
        self.longpoll = LongPoll()
        self.courier = Courier(self, world)

    def chat(self, peer_id: int) -> Chat:
        """The chat with a peer, made at its first use."""
        return self.chats.setdefault(peer_id, Chat(peer_id))

    def index(self, chat: Chat, *messages: Fields) -> None:
        """Have messages be found by the community's own numbers."""
        for message in messages:
            if message["id"]:
                self._places[message["id"]] = (chat.peer_id, message["conversation_message_id"])

    def message(self, number: int) -> Fields | None:
        """A message by the community's own number of it."""
        peer_id, place = self._places.get(number, (0, 0))
        chat = self.chats.get(peer_id)
        return chat.messages.get(place) if chat else None

    def emit(self, kind: str, body: Fields, key: int) -> Fields:
        """An event of the community, to all who listen. Events of one `key` keep their order."""
        event = {
            "group_id": self.id,
            "type": kind,
            "event_id": secrets.token_hex(20),
            "v": VERSION,
            "object": body,
        }
        self.longpoll.add(event)
        self.courier.push(event, str(key))
        return event


class World(BaseWorld):
    """All communities, and the people who write to them."""

    name = "vk"

    def __init__(self, journal: Journal, folder: Path | None) -> None:
        super().__init__(journal, folder)
        self.communities: dict[str, Community] = {}
        self.people: dict[int, Fields] = {int(person["id"]): dict(person) for person in PEOPLE}
        self.files: dict[int, StoredFile] = {}

    def couriers(self) -> list[Courier]:
        """Of all communities."""
        return [community.courier for community in self.communities.values()]

    def community(self, token: str) -> Community:
        """The community of a token, made at its first use."""
        if token not in self.communities:
            self.communities[token] = Community(token, self)
            self.changed = True
        return self.communities[token]

    def person(self, person_id: int) -> Fields:
        """A user; an unknown id becomes a new person."""
        return self.people.setdefault(
            person_id, {"id": person_id, "first_name": "Customer", "last_name": str(person_id)}
        )

    def store(self, owner_id: int, kind: str, name: str, mime: str, data: bytes) -> StoredFile:
        """Keep a file."""
        number = 457_239_000 + len(self.files)
        file = StoredFile(number, owner_id, secrets.token_hex(9), kind, name, mime, len(data))
        self.keep(number, data)
        self.files[number] = file
        return file

    def let_pages_go(self) -> None:
        """End the streams of the pages and the long polls, so that the server can stop."""
        super().let_pages_go()
        for community in self.communities.values():
            community.longpoll.close()


def now() -> int:
    """The time as VK writes it: whole seconds."""
    return int(time.time())


VK_WORLD: web.AppKey[World] = web.AppKey("vk_world", World)

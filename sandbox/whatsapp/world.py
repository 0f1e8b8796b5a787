"""Everything the stand-in of WhatsApp remembers: accounts, people, chats, templates, files."""

from __future__ import annotations

import hashlib
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

Fields = dict[str, Any]

WINDOW_SECONDS = 24 * 3600
KEPT_MESSAGES = 500
PEOPLE: tuple[Fields, ...] = (
    {"wa_id": "79161230001", "name": "Мария Петрова", "username": "maria.petrova"},
    {"wa_id": "79161230002", "name": "Илья Соколов", "username": ""},
    # Nobody learns this number: only the name and the id of the portfolio.
    {"wa_id": "447700900123", "name": "Emma Clarke", "username": "emma.clarke", "hidden": True},
)
# What an account's owner may set by the control API.
SETTINGS = (
    "verified_name",
    "status",
    "platform_type",
    "quality_rating",
    "name_status",
    "code_verification_status",
    "messaging_limit",
    "delivery",
    "window",
    "pin",
    "app_callback",
)


@dataclass
class StoredFile:
    """A file that somebody sent, on our disk."""

    id: str
    key: str
    name: str
    mime: str
    size: int
    sha256: str

    @property
    def page(self) -> str:
        """Where the sandbox's own page shows it; Meta has no address that a browser could open."""
        return f"/whatsapp/files/{self.id}?hash={self.key}&page=1"


@dataclass
class Chat:
    """One chat of one account. `heard_at`: when the person wrote last, 0 = never."""

    person: str
    heard_at: float = 0
    messages: dict[str, Fields] = field(default_factory=dict)

    def keep(self, message: Fields) -> None:
        """Remember a message."""
        self.messages[message["id"]] = message
        while len(self.messages) > KEPT_MESSAGES:
            del self.messages[next(iter(self.messages))]


class Account:
    """One WhatsApp Business Account with one number, and the app that a token belongs to.

    `delivery` is how far our messages get by themselves: none, sent, delivered, read. `window`:
    clock (24 hours), open, closed. `asynchronous`: a customer's refusal comes as news, as it does
    in the world, or at once.
    """

    def __init__(self, token: str, world: World) -> None:
        number = zlib.crc32(token.encode()) % 10**8
        self.token = token
        self.waba_id = f"1020{number:08}001"
        self.phone_number_id = f"1060{number:08}002"
        self.app_id = f"7010{number:08}"
        self.app_secret = hashlib.sha256(f"secret of {token}".encode()).hexdigest()[:32]
        self.display_phone_number = f"+7 999 {number // 10**4 % 1000:03}-{number % 10**4:04}"
        self.verified_name = f"Sandbox {number}"
        self.status = "CONNECTED"
        self.platform_type = "CLOUD_API"
        self.quality_rating = "GREEN"
        self.name_status = "APPROVED"
        self.code_verification_status = "VERIFIED"
        self.messaging_limit = "TIER_2K"
        self.pin = ""
        self.subscribed = False
        self.app_callback = self.account_callback = self.number_callback = ""
        self.delivery = "delivered"
        self.window = "clock"
        self.asynchronous = True
        self.chats: dict[str, Chat] = {}
        self.templates: dict[str, Fields] = {}
        self.faults = Faults()
        self.courier = Courier(self, world)

    def chat(self, person: str) -> Chat:
        """The chat with somebody, made at its first use."""
        return self.chats.setdefault(person, Chat(person))

    def emit(self, name: str, items: list[Fields], chat: str, **facts: Any) -> None:
        """News of the number, in a list of this name."""
        metadata = {
            "display_phone_number": "".join(c for c in self.display_phone_number if c.isdigit()),
            "phone_number_id": self.phone_number_id,
        }
        value = {"messaging_product": "whatsapp", "metadata": metadata, **facts, name: items}
        field = "messages" if name in ("messages", "statuses", "errors") else name
        self.emit_change({"field": _FIELDS.get(name, field), "value": value}, chat)

    def emit_change(self, change: Fields, chat: str = "") -> None:
        """A change of any content. Nobody hears of it before an app is subscribed."""
        if self.subscribed:
            self.courier.push(change, chat)


# Where a list is not called as the field that it comes under.
_FIELDS = {"message_echoes": "smb_message_echoes", "state_sync": "smb_app_state_sync"}


class World(BaseWorld):
    """All accounts, and the people who write to them."""

    name = "whatsapp"

    def __init__(self, journal: Journal, folder: Path | None) -> None:
        super().__init__(journal, folder)
        self.accounts: dict[str, Account] = {}
        self.people: dict[str, Fields] = {}
        for person in PEOPLE:
            self.add_person(person)
        self.files: dict[str, StoredFile] = {}
        # Uploads that were begun, with their lengths, and the handles of those that are done.
        self.uploads: dict[str, int] = {}
        self.handles: set[str] = set()

    def couriers(self) -> list[Courier]:
        """Of all accounts."""
        return [account.courier for account in self.accounts.values()]

    def account(self, token: str) -> Account:
        """The account of a token, made at its first use."""
        if token not in self.accounts:
            self.accounts[token] = Account(token, self)
            self.changed = True
        return self.accounts[token]

    def add_person(self, known: Fields) -> Fields:
        """Somebody with a number and, made from it, a business-scoped id."""
        digest = hashlib.sha256(known["wa_id"].encode()).hexdigest()[:20].upper()
        country = "GB" if known["wa_id"].startswith("44") else "RU"
        person = {"user_id": f"{country}.{digest}", "username": "", **known}
        self.people[known["wa_id"]] = person
        return person

    def person(self, wa_id: str) -> Fields:
        """A person; an unknown number becomes a new one."""
        if wa_id not in self.people:
            return self.add_person({"wa_id": wa_id, "name": f"Customer {wa_id[-4:]}"})
        return self.people[wa_id]

    def find_person(self, address: str) -> Fields | None:
        """Who is meant by a number or by an id of the portfolio."""
        digits = address.lstrip("+")
        if digits.isdigit():
            return self.person(digits) if 5 <= len(digits) <= 20 else None
        return next((one for one in self.people.values() if one["user_id"] == address), None)

    def store(self, name: str, mime: str, data: bytes) -> StoredFile:
        """Keep a file."""
        number = str(10**15 + secrets.randbelow(10**14))
        digest = hashlib.sha256(data).hexdigest()
        file = StoredFile(number, secrets.token_hex(9), name, mime, len(data), digest)
        self.keep(number, data)
        self.files[number] = file
        return file


def now() -> str:
    """The time as Meta writes it: whole seconds as text."""
    return str(int(time.time()))


def new_id() -> str:
    """A message's id, of the length that they have."""
    return f"wamid.HBgL{secrets.token_urlsafe(30).replace('-', 'A').replace('_', 'B')}AA=="


WHATSAPP_WORLD: web.AppKey[World] = web.AppKey("whatsapp_world", World)

"""Mailboxes, the letters in them, and what people outside got from them."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from dataclasses import asdict, dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from time import time
from typing import Any

from aiohttp import web

from sandbox.journal import Journal

from .faults import Fault, Faults

logger = logging.getLogger(__name__)

SENT = "Отправленные"


@dataclass
class Letter:
    """A letter in a folder; `at` in seconds of Unix time."""

    uid: int
    raw: bytes
    at: float = field(default_factory=time)
    flags: set[str] = field(default_factory=set)


class Folder:
    """UIDs grow for ever, as long as `validity` stays."""

    def __init__(self, name: str, special: str = "") -> None:
        self.name, self.special = name, special
        self.validity, self.next_uid = 1000 + hash_of(name), 1
        self.letters: list[Letter] = []

    def add(self, raw: bytes, at: float | None = None) -> Letter:
        """Put a letter at the end; `at` is when it came, now by default."""
        letter = Letter(self.next_uid, raw, time() if at is None else at)
        self.next_uid += 1
        self.letters.append(letter)
        return letter

    def renumber(self) -> None:
        """What happens when a server's index is lost."""
        self.validity += 1
        for uid, letter in enumerate(self.letters, start=1):
            letter.uid = uid
        self.next_uid = len(self.letters) + 1


class Mailbox:
    """Somebody's mailbox. The first password that comes is its password."""

    def __init__(self, address: str) -> None:
        self.address, self.password = address, ""
        self.folders = {"INBOX": Folder("INBOX"), SENT: Folder(SENT, "\\Sent")}
        self.faults = Faults()
        # Whether this provider keeps copies of what goes through its SMTP server.
        self.keeps_copies = False
        self.listeners: set[asyncio.Event] = set()

    def deliver(self, raw: bytes, folder: str = "INBOX", at: float | None = None) -> Letter:
        """A letter came; whoever idles hears of it."""
        letter = self.folders[folder].add(raw, at)
        for listener in self.listeners:
            listener.set()
        return letter

    def admits(self, password: str) -> bool:
        """Whether it is the password."""
        self.password = self.password or password
        return bool(password) and password == self.password


class World:
    """All of it, for one server. With a folder it outlives a restart."""

    def __init__(self, journal: Journal, folder: Path | None = None) -> None:
        self.journal = journal
        self.mailboxes: dict[str, Mailbox] = {}
        # What people who have no mailbox here got, by their address.
        self.received: dict[str, list[Letter]] = {}
        self.imap_port = self.smtp_port = 0
        # Access tokens that are good now.
        self.tokens: set[str] = set()
        self._path = folder and folder / "email.json"

    def mailbox(self, address: str) -> Mailbox:
        """The mailbox, made when it is first asked for."""
        address = address.strip().lower()
        return self.mailboxes.setdefault(address, Mailbox(address))

    def admits_token(self, token: str) -> bool:
        """Whether an access token is good. One opens all mailboxes here."""
        return token in self.tokens

    def lets_in(self, mailbox: Mailbox, password: str) -> bool:
        """Whether this is its password or an access token."""
        return self.admits_token(password) or mailbox.admits(password)

    def hand_in(self, recipients: list[str], raw: bytes) -> None:
        """A letter that came by SMTP goes to everybody it is for."""
        for recipient in recipients:
            if recipient in self.mailboxes:
                self.mailboxes[recipient].deliver(raw)
            else:
                letters = self.received.setdefault(recipient, [])
                letters.append(Letter(len(letters) + 1, raw))

    def mark(self) -> tuple[int, ...]:
        """Another one when something has changed."""
        folders = [one for box in self.mailboxes.values() for one in box.folders.values()]
        return (
            len(folders),
            sum(folder.next_uid + folder.validity for folder in folders),
            sum(map(len, self.received.values())),
        )

    def save(self) -> None:
        """Write everything down."""
        if self._path is None:
            return
        kept = {
            "received": {who: [_kept(one) for one in all_] for who, all_ in self.received.items()},
            "mailboxes": [
                {
                    "address": box.address,
                    "password": box.password,
                    "keeps_copies": box.keeps_copies,
                    "folders": {
                        folder.name: {
                            "validity": folder.validity,
                            "next_uid": folder.next_uid,
                            "letters": [_kept(letter) for letter in folder.letters],
                        }
                        for folder in box.folders.values()
                    },
                }
                for box in self.mailboxes.values()
            ],
        }
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(kept))
        fresh.replace(self._path)

    def load(self) -> None:
        """Read it again. A broken file is left aside."""
        if self._path is None or not self._path.exists():
            return
        try:
            kept = json.loads(self._path.read_text())
            for who, letters in kept["received"].items():
                self.received[who] = [_letter(one) for one in letters]
            for facts in kept["mailboxes"]:
                box = self.mailbox(facts["address"])
                box.password, box.keeps_copies = facts["password"], facts["keeps_copies"]
                for name, one in facts["folders"].items():
                    folder = box.folders.setdefault(name, Folder(name))
                    folder.validity, folder.next_uid = one["validity"], one["next_uid"]
                    folder.letters = [_letter(found) for found in one["letters"]]
        except (ValueError, LookupError, TypeError) as error:
            logger.warning("The sandbox begins anew: its letters cannot be read (%s).", error)


EMAIL_WORLD = web.AppKey("EMAIL_WORLD", World)


def hash_of(name: str) -> int:
    """A small number that is the same in every process."""
    return sum(map(ord, name)) % 997


def shown(letter: Letter) -> dict[str, Any]:
    """A letter for the page and for tests."""
    parsed = message_from_bytes(letter.raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    text, page = parsed.get_body(("plain",)), parsed.get_body(("html",))
    return {
        "uid": letter.uid,
        "at": letter.at,
        "headers": {name: str(value) for name, value in parsed.items()},
        "text": text.get_content().replace("\r\n", "\n") if text else "",
        "html": page.get_content() if page else "",
        "files": [part.get_filename() or "" for part in parsed.iter_attachments()],
        "size": len(letter.raw),
    }


def fault_of(facts: dict[str, Any]) -> Fault:
    """A fault as the control API names it."""
    return Fault(**{name: facts[name] for name in asdict(Fault("")) if name in facts})


def _kept(letter: Letter) -> dict[str, Any]:
    raw = base64.b64encode(letter.raw).decode()
    return {"uid": letter.uid, "raw": raw, "at": letter.at, "flags": sorted(letter.flags)}


def _letter(kept: dict[str, Any]) -> Letter:
    raw = base64.b64decode(kept["raw"])
    return Letter(kept["uid"], raw, kept["at"], set(kept["flags"]))

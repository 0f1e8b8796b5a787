"""A letter as the letterbox keeps it: one line of ours, then the letter's own bytes.

The line says what the bytes cannot: from which folder they came, when the server took them, and
whether they lay there when the mailbox was connected. It is always the first one, so nothing that a
stranger writes into a letter can pass for it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header
from email.parser import BytesHeaderParser
from typing import Final, Literal

from channels_connectors.errors import ParkedPayload

FolderKind = Literal["inbox", "sent"]

_LINE: Final = re.compile(
    rb"X-Tandem-Envelope: folder=(inbox|sent) at=(\d{1,12}) size=(\d{1,12}) "
    rb"whole=([01])( past=1)?\r?\n"
)
LONGEST_ID: Final = 250
_ID: Final = re.compile(r"<[^<>\s]{1,900}>")
# Before it nothing of a letter can be a header.
_HEAD_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Letter:
    """`at`: when the server took it in; `size` in bytes; `whole`: False = headers alone; `is_past`:
    it lay in the mailbox when that was connected."""

    folder: FolderKind
    at: datetime | None
    size: int
    whole: bool
    raw: bytes
    is_past: bool = False


def pack(letter: Letter) -> bytes:
    """The bytes to keep."""
    at = int(letter.at.timestamp()) if letter.at else 0
    line = (
        f"X-Tandem-Envelope: folder={letter.folder} at={at} size={letter.size} "
        f"whole={int(letter.whole)}{' past=1' if letter.is_past else ''}\r\n"
    )
    return line.encode() + letter.raw


def unpack(kept: bytes) -> Letter:
    """The letter in what was kept. Raises ParkedPayload."""
    found = _LINE.match(kept)
    if found is None:
        raise ParkedPayload("not a letter")
    try:
        at = datetime.fromtimestamp(int(found[2]), UTC) if int(found[2]) else None
    except (ValueError, OverflowError, OSError):
        at = None
    folder: FolderKind = "sent" if found[1] == b"sent" else "inbox"
    whole, is_past = found[4] == b"1", found[5] is not None
    return Letter(folder, at, int(found[3]), whole, kept[found.end() :], is_past)


def message_id(value: object) -> str:
    """The Message-ID in a header, with its brackets; "" where there is none.

    Broken senders leave the brackets out or put spaces in.
    """
    text = " ".join(_plain(str(value or "")).split())
    if found := _ID.search(text):
        return found[0]
    bare = text.strip("<> ").replace(" ", "")
    return f"<{bare}>" if bare and "@" in bare else ""


def own_id(raw: bytes, told: str) -> str:
    """What names a letter among all: its Message-ID, or a hash where it has none that fits."""
    if told and len(told) <= LONGEST_ID and told.isascii() and told.isprintable():
        return told
    return f"sha256:{hashlib.sha256(told.encode('utf-8', 'replace') if told else raw).hexdigest()}"


def dedup_key(letter: Letter) -> str:
    """The same for the same letter however often it is fetched, in each kind of folder."""
    headers = BytesHeaderParser().parsebytes(letter.raw[:_HEAD_BYTES])
    name = own_id(letter.raw, message_id(headers.get("Message-ID")))
    key = name if letter.folder == "inbox" else f"sent:{name}"
    return key if len(key) <= 200 else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def _plain(text: str) -> str:
    if "=?" not in text:
        return text
    try:
        return "".join(
            piece.decode(name or "ascii", "replace") if isinstance(piece, bytes) else piece
            for piece, name in decode_header(text)
        )
    except (LookupError, ValueError):
        return text

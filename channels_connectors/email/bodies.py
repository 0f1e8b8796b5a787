"""What a letter consists of: its text, its HTML, its files."""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message
from typing import Final

from . import winmail
from .addresses import words
from .charsets import decoded

# Of a letter made of nothing but parts, the rest stays unread.
MOST_PARTS: Final = 500
MOST_DEPTH: Final = 30
INSIDE: Final = 1000
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]")
_CID: Final = re.compile(r"<?([^<>\s]{1,250})>?")
# No refolding and no raising: letters are read as they are.
_POLICY: Final = policy.compat32


@dataclass(frozen=True, slots=True)
class File:
    """A file of the letter; `number` counts its parts, `content_id` names it in the HTML."""

    number: int
    name: str
    mime: str
    content_id: str
    is_inline: bool
    part: Message = field(repr=False)
    # What lay inside of another file.
    unpacked: bytes | None = field(default=None, repr=False)

    def content(self) -> bytes:
        """Its bytes."""
        if self.unpacked is not None:
            return self.unpacked
        if self.mime == "message/rfc822":
            inner = self.part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else None
            return first.as_bytes() if isinstance(first, Message) else b""
        return payload(self.part)


@dataclass(slots=True)
class Body:
    """The parts that a person reads, and the files. A winmail.dat is opened: its number times
    INSIDE and more are the numbers of the files in it."""

    text: str = ""
    html: str = ""
    files: list[File] = field(default_factory=list)


def load(raw: bytes) -> Message:
    """The letter. Anything is a letter, be it empty."""
    return message_from_bytes(raw, policy=_POLICY)


def read(letter: Message) -> Body:
    """Walk through the parts: of alternatives the richest of each kind, of a mix all texts."""
    body = Body()
    texts: list[str] = []
    pages: list[str] = []
    for number, part, is_alternative in _leaves(letter):
        # A multipart without parts has lost its boundaries: what is there is text.
        is_broken = part.get_content_maintype() == "multipart"
        mime = "text/plain" if is_broken else part.get_content_type()
        name = file_name(part)
        disposition = str(part.get_content_disposition() or "")
        is_text = mime in {"text/plain", "text/html"} and disposition != "attachment" and not name
        if not is_text:
            file = _file(number, part, mime, name, disposition)
            opened = _opened(file)
            body.files += opened.files if opened else [file]
            if opened and not texts and not pages:
                texts += filter(None, [opened.text])
                pages += filter(None, [opened.html])
            continue
        found = text_of(part)
        wanted = texts if mime == "text/plain" else pages
        if not is_alternative or not wanted:
            wanted.append(found)
    body.text = "\n\n".join(text.strip("\n") for text in texts if text.strip())
    body.html = "\n<hr>\n".join(page for page in pages if page.strip())
    return body


def _opened(file: File) -> Body | None:
    if file.mime not in winmail.MIMES and file.name.lower() != "winmail.dat":
        return None
    found = winmail.unpack(file.content())
    if found is None:
        return None
    first = (file.number + 1) * INSIDE
    files = [
        File(first + place, one.name, one.mime, "", False, file.part, one.content)
        for place, one in enumerate(found.files)
    ]
    return Body(found.text, found.html, files)


def text_of(part: Message) -> str:
    """A text part in Unicode, with plain line ends."""
    found = decoded(payload(part), str(part.get_content_charset("") or ""))
    return found.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def payload(part: Message) -> bytes:
    """The part's bytes, unpacked; what cannot be unpacked is given as it is."""
    try:
        found = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        found = None
    if not isinstance(found, bytes):
        return b""
    packing = str(part.get("Content-Transfer-Encoding") or "").strip().lower()
    raw = part.get_payload()
    # The library gives back base64 of a wrong length as it is: take what is whole of it.
    if packing == "base64" and isinstance(raw, str) and _same(found, raw):
        letters = _NOT_BASE64.sub(b"", found)
        return base64.b64decode(letters[: len(letters) // 4 * 4])
    return found


def _same(found: bytes, raw: str) -> bool:
    return b"".join(found.split()) == b"".join(raw.encode("utf-8", "surrogateescape").split())


def file_name(part: Message) -> str:
    """By RFC 2231, or RFC 2047 as many mailers have it; "" where there is none."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        found = None
        # The library falls over some broken parameters.
        with contextlib.suppress(Exception):
            found = part.get_param(parameter, header=header)
        if isinstance(found, tuple):
            charset, _, value = found
            text = decoded(value.encode("raw-unicode-escape"), charset or "")
        else:
            text = str(found or "")
        if text := words(text):
            return text[:250]
    return ""


def _file(number: int, part: Message, mime: str, name: str, disposition: str) -> File:
    found = _CID.fullmatch(str(part.get("Content-ID") or "").strip())
    if mime == "message/rfc822" and not name:
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        subject = words(str(first.get("Subject") or "")) if isinstance(first, Message) else ""
        name = f"{subject[:100] or 'letter'}.eml"
    elif mime == "text/calendar" and not name:
        name = "invite.ics"
    return File(
        number,
        name,
        mime,
        found[1] if found else "",
        bool(found) and disposition != "attachment",
        part,
    )


def _leaves(letter: Message) -> Iterator[tuple[int, Message, bool]]:
    """The parts that hold something: their number, and whether they are one of alternatives."""
    waiting: list[tuple[Message, bool, int]] = [(letter, False, 0)]
    number = 0
    while waiting and number < MOST_PARTS:
        part, is_alternative, depth = waiting.pop()
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list) and part.get_content_maintype() == "multipart":
            if depth < MOST_DEPTH:
                among = is_alternative or part.get_content_subtype() == "alternative"
                children = [
                    (child, among, depth + 1) for child in inner if isinstance(child, Message)
                ]
                waiting += reversed(children)
            continue
        yield number, part, is_alternative
        number += 1

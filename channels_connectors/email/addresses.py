"""People in the headers of a letter."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import formataddr, getaddresses
from typing import Final

from .charsets import decoded

LONGEST: Final = 200
# What servers understand, not all that RFC 5322 allows.
_ADDRESS: Final = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\]{1,190}")
# Of one letter so many people are kept.
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Mailer:
    """Somebody's name, maybe empty, and address in lower case."""

    name: str
    address: str

    def written(self) -> str:
        """For people: `Maria <maria@example.com>`."""
        return f"{self.name} <{self.address}>" if self.name else self.address


def header(letter: Message, name: str) -> str:
    """A header in Unicode on one line; "" where it is missing. Never raises."""
    return words(next(iter(raw_values(letter, name)), ""))


def raw_values(letter: Message, name: str) -> list[str]:
    """All headers of this name as they came; bytes beyond ASCII are escaped as surrogates.

    What the library makes of such bytes is nothing but question marks.
    """
    wanted = name.lower()
    return [str(value) for known, value in letter.raw_items() if known.lower() == wanted]


def words(value: str) -> str:
    """Encoded words (RFC 2047) decoded, whatever their charset claims to be; on one line."""
    raw = value.encode("utf-8", "surrogateescape")
    if not value.isascii():
        value = decoded(raw)
    if "=?" in value:
        # What cannot be decoded is shown as it is.
        with contextlib.suppress(HeaderParseError, ValueError):
            value = "".join(
                decoded(piece, charset or "") if isinstance(piece, bytes) else piece
                for piece, charset in _joined(decode_header(value))
            )
    return " ".join(_visible(value).split())


def people(letter: Message, name: str) -> list[Mailer]:
    """Those whom a header names, each once, in order."""
    found: dict[str, Mailer] = {}
    for shown, address in _pairs(raw_values(letter, name)[:20]):
        if (normal := normal_address(address)) and normal not in found:
            found[normal] = Mailer(_name(words(shown), normal), normal)
        if len(found) == MOST:
            break
    return list(found.values())


def _pairs(values: list[str]) -> list[tuple[str, str]]:
    """Names and addresses. Where the library gives up on a broken header, whatever in it looks
    like an address is one."""
    found = getaddresses([value[:20_000] for value in values])
    if any("@" in address for _, address in found):
        return found
    return [("", match[0]) for value in values for match in _ADDRESS.finditer(value[:20_000])]


def normal_address(address: str) -> str:
    """In lower case, the domain as people write it; "" for what is no address."""
    text = unicodedata.normalize("NFC", _visible(address)).strip().strip("<>").lower()
    local, _, domain = text.rpartition("@")
    if domain.startswith("xn--") or ".xn--" in domain:
        try:
            domain = domain.encode("ascii").decode("idna")
        except UnicodeError:
            return ""
    text = f"{local}@{domain}"
    return text if len(text) <= LONGEST and _ADDRESS.fullmatch(text) else ""


def on_the_wire(address: str) -> str:
    """The address as SMTP carries it: a domain of other letters in its ASCII form.

    Raises ValueError where there is none.
    """
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def for_header(people_: Iterable[Mailer]) -> str:
    """A list for To or Cc."""
    return ", ".join(formataddr((one.name, on_the_wire(one.address))) for one in people_)


def _name(shown: str, address: str) -> str:
    name = shown.strip("'\" ")
    return "" if name.lower() == address else name[:200]


def _joined(pieces: list[tuple[bytes | str, str | None]]) -> list[tuple[bytes | str, str | None]]:
    """Some mailers cut a letter of UTF-8 in two between two encoded words."""
    found: list[tuple[bytes | str, str | None]] = []
    for piece, charset in pieces:
        if found and isinstance(piece, bytes) and charset:
            before, same = found[-1]
            if isinstance(before, bytes) and same == charset:
                found[-1] = (before + piece, charset)
                continue
        found.append((piece, charset))
    return found


def _visible(text: str) -> str:
    """Without characters that are not seen, which hide what is written; lone surrogates go too."""
    return "".join(
        letter for letter in text if letter in "\t\r\n " or unicodedata.category(letter)[0] != "C"
    )

"""winmail.dat: what Outlook packs a letter's files into (TNEF), unpacked."""

from __future__ import annotations

import contextlib
import logging
import mimetypes
from dataclasses import dataclass, field
from typing import Any, Final

from tnefparse import TNEF

from .charsets import decoded

MIMES: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
MOST_FILES: Final = 50
logging.getLogger("tnefparse").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Packed:
    """A file that lay inside."""

    name: str
    mime: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contents:
    """The letter's own words, where they lie in there as well, and its files."""

    text: str = ""
    html: str = ""
    files: tuple[Packed, ...] = ()


def unpack(content: bytes) -> Contents | None:
    """What is inside; None for what is broken or holds nothing."""
    try:
        opened: Any = TNEF(content, do_checksum=False)
        found = Contents(_text(opened.body), _text(opened.htmlbody), tuple(_files(opened)))
    except Exception:
        # The library falls in many ways over what is cut off; the file is kept as it came.
        return None
    return found if found != Contents() else None


def _files(opened: Any) -> list[Packed]:
    found = []
    for number, one in enumerate(opened.attachments[:MOST_FILES], start=1):
        name = ""
        with contextlib.suppress(UnicodeDecodeError):
            name = _text(one.long_filename()).strip("\0").strip()[:250]
        if isinstance(one.data, bytes) and one.data:
            mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
            found.append(Packed(name or f"file-{number}", mime, one.data))
    return found


def _text(told: Any) -> str:
    if isinstance(told, list):
        told = told[0] if told else ""
    text = decoded(told, "") if isinstance(told, bytes) else str(told or "")
    return text.replace("\r\n", "\n").replace("\0", "")

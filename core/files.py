"""Files from strangers: what they are called and what they are."""

import unicodedata
from typing import Final

import puremagic

HEAD_BYTES: Final = 8192
UNKNOWN_MIME: Final = "application/octet-stream"
LONGEST_NAME: Final = 120

_EXTENSION_MIME: Final = {
    # Archives inside, so their first bytes say only "zip".
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".csv": "text/csv",
    ".txt": "text/plain",
}


# The library's names for what browsers know by another.
_ALIASES: Final = {
    "application/ogg": "audio/ogg",
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "application/x-gzip": "application/gzip",
}
_SOUND_IN_MP4: Final = (b"M4A ", b"M4B ", b"F4A ")


def clean_name(name: str) -> str:
    """A name to show and to offer for saving: no folders, no invisible or control characters.

    Invisible characters have hidden a dangerous extension before (CVE-2026-28289 of FreeScout).
    """
    plain = unicodedata.normalize("NFKC", name).replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(
        letter for letter in plain if unicodedata.category(letter)[0] != "C" and letter not in ':"'
    ).strip(" .")
    if len(visible) <= LONGEST_NAME:
        return visible
    stem, dot, extension = visible.rpartition(".")
    if not dot or len(extension) > 10:
        return visible[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}"


def sniff(head: bytes, name: str = "") -> str:
    """The media type told by the first HEAD_BYTES; the name decides only between harmless ones."""
    extension = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    found = _by_content(head)
    if found in {UNKNOWN_MIME, "application/zip"}:
        by_name = _EXTENSION_MIME.get(extension, "")
        if by_name.startswith("text/") and b"\0" in head:
            return found
        if by_name.startswith("text/") == (found == UNKNOWN_MIME):
            return by_name or found
    return found


def _by_content(head: bytes) -> str:
    if not head:
        return UNKNOWN_MIME
    if head[4:8] == b"ftyp" and head[8:12] in _SOUND_IN_MP4:
        return "audio/mp4"
    try:
        found = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return UNKNOWN_MIME
    return _ALIASES.get(found, found) or UNKNOWN_MIME

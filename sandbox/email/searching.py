"""Which letters a SEARCH finds, and sets of UIDs."""

from __future__ import annotations

from datetime import UTC, datetime
from email.parser import BytesHeaderParser

from .world import Folder, Letter

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def search(folder: Folder, arguments: list[bytes]) -> list[int]:
    """UIDs of the letters that meet all criteria: ALL, UID, SINCE, HEADER."""
    words = [argument.decode() for argument in arguments]
    found = list(folder.letters)
    while words:
        criterion = words.pop(0).upper()
        if criterion == "UID":
            wanted = numbers(folder, words.pop(0))
            found = [letter for letter in found if letter.uid in wanted]
        elif criterion == "SINCE":
            day, month, year = words.pop(0).split("-")
            since = datetime(int(year), _MONTHS.index(month) + 1, int(day), tzinfo=UTC).timestamp()
            found = [letter for letter in found if letter.at >= since]
        elif criterion == "HEADER":
            name, value = words.pop(0), words.pop(0)
            found = [letter for letter in found if _has(letter, name, value)]
    return [letter.uid for letter in found]


def numbers(folder: Folder, text: str) -> set[int]:
    """`1:3,7,9:*`; "*" is the last letter's, and a range may be written backwards."""
    last = max((letter.uid for letter in folder.letters), default=0)
    found: set[int] = set()
    for part in text.split(","):
        ends = [last if end == "*" else int(end) for end in part.split(":")]
        found |= set(range(min(ends), max(ends) + 1))
    return found


def internal_date(at: float) -> str:
    """As IMAP writes it."""
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment:%d}-{_MONTHS[moment.month - 1]}-{moment:%Y %H:%M:%S} +0000"


def _has(letter: Letter, name: str, value: str) -> bool:
    headers = BytesHeaderParser().parsebytes(letter.raw.split(b"\r\n\r\n", 1)[0])
    return value.lower() in str(headers.get(name) or "").lower()

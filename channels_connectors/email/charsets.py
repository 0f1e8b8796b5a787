"""Bytes to text, also where the letter does not say in which letters, or says it wrongly."""

from __future__ import annotations

import codecs
from typing import Final

_ALIASES: Final = {
    "cp-1251": "windows-1251",
    "win-1251": "windows-1251",
    "win1251": "windows-1251",
    "x-cp1251": "windows-1251",
    "koi8r": "koi8-r",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-8-i": "iso-8859-8",
    "x-unknown": "",
    "unknown-8bit": "",
    "default": "",
    "_iso-2022-jp$esc": "iso-2022-jp",
}
# Not text codecs, though Python knows them.
_LOWER: Final = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")


def decoded(raw: bytes, charset: str = "") -> str:
    """The text of `raw` in the charset that is claimed, if it is that; else what fits best."""
    name = _codec(charset)
    if name and name not in {"us-ascii", "ascii"}:
        try:
            return raw.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            pass
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if name and name not in {"us-ascii", "ascii", "utf-8"}:
        # Mostly right, with a letter cut in two somewhere.
        return raw.decode(name, "replace")
    return _cyrillic(raw)


def _codec(charset: str) -> str:
    name = charset.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    try:
        info = codecs.lookup(name) if name else None
    except (LookupError, ValueError):
        return ""
    # base64, rot13 and the like are codecs too.
    return info.name if info is not None and info._is_text_encoding else ""


def _cyrillic(raw: bytes) -> str:
    """windows-1251 or koi8-r: in the wrong one of the two, small letters become large."""
    candidates = [raw.decode(name, "replace") for name in ("windows-1251", "koi8-r")]
    return max(candidates, key=_score)


def _score(text: str) -> int:
    sample = text[:20_000]
    return sum(letter in _LOWER for letter in sample) - 5 * sample.count("\ufffd")

"""A contact's card in vCard form, of which MAX sends and takes the two lines that matter."""

from __future__ import annotations

import re
from typing import Final

from .people import Fields

_LINE: Final = re.compile(r"(?:[\w-]+\.)?([A-Za-z-]+)((?:;[^:]*)?):(.*)")
_ESCAPED: Final = re.compile(r"\\([\\,;])")
_LONGEST: Final = 200


def read(card: str) -> Fields:
    """`{phone?, name?, email?}` of a card (RFC 6350, and the folded lines of older ones)."""
    found: Fields = {}
    for line in re.sub(r"\r?\n[ \t]", "", card).splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is None:
            continue
        name, value = match[1].upper(), _ESCAPED.sub(r"\1", match[3]).strip()[:_LONGEST]
        if name == "TEL" and value:
            found.setdefault("phone", _phone(value.removeprefix("tel:")))
        elif name == "EMAIL" and value:
            found.setdefault("email", value)
        elif name == "FN" and value:
            found["name"] = value
        elif name == "N" and value:
            family, _semicolon, given = value.partition(";")
            found.setdefault("name", f"{given.partition(';')[0]} {family}".strip())
    return found


def _phone(value: str) -> str:
    """MAX writes whole numbers without their plus. One that begins with 8 is dialled in Russia."""
    is_whole = value.isascii() and value.isdigit() and 11 <= len(value) <= 15
    return f"+{value}" if is_whole and not value.startswith(("0", "8")) else value


def write(name: str, phone: str) -> str:
    """A card of a name and a number."""
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{_escaped(name)}", f"N:{_escaped(name)};;;;"]
    if phone:
        lines.append(f"TEL;TYPE=cell:{_escaped(phone)}")
    return "\r\n".join([*lines, "END:VCARD", ""])


def _escaped(value: str) -> str:
    flat = " ".join(value.split())
    return re.sub(r"([\\,;])", r"\\\1", flat)

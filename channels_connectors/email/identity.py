"""The Message-ID of a letter of ours: known before the first attempt, and recognised later."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

_OURS: Final = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.tandem@[^<>\s@]+>")


def id_for(key: UUID, own: str) -> str:
    """The same for every attempt at one message; in the domain of our mailbox."""
    domain = own.rpartition("@")[2]
    return f"<{key}.tandem@{domain.encode('idna').decode()}>"


def key_in(name: str) -> str:
    """Our key in a Message-ID of our form; "" in any other. Anybody can write one: it proves
    nothing about who sent a letter."""
    found = _OURS.fullmatch(name)
    return found[1] if found else ""

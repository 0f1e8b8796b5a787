"""Letters that no person wrote: an automatic answer to one must not begin an endless exchange."""

from __future__ import annotations

import re
from email.message import Message
from typing import Final, Literal

from .addresses import header

Automatic = Literal["", "auto_reply", "bulk", "list"]

_ROBOTS: Final = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|noreply[^@]*|bounces?(?:[+-][^@]*)?)@",
    re.IGNORECASE,
)
_AWAY: Final = ("x-autoreply", "x-autorespond", "x-auto-response-suppress")


def kind_of(letter: Message, sender: str) -> Automatic:
    """Which kind of machine sent it; "" = a person, as far as can be told (RFC 3834, RFC 2919)."""
    if header(letter, "List-Id") or header(letter, "List-Post"):
        return "list"
    submitted = header(letter, "Auto-Submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return "auto_reply"
    precedence = header(letter, "Precedence").lower()
    if precedence == "auto_reply" or header(letter, _AWAY[0]) or header(letter, _AWAY[1]):
        return "auto_reply"
    if precedence in {"bulk", "junk", "list"} or header(letter, "List-Unsubscribe"):
        return "bulk"
    if header(letter, "Return-Path").replace(" ", "") == "<>" or _ROBOTS.match(sender):
        return "auto_reply"
    return ""

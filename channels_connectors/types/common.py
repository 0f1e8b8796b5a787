"""The words that every part of the contract uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise


def names(text: str) -> frozenset[str]:
    """A set of names written as running text."""
    return frozenset(text.split())


MESSAGE_KINDS: Final = names(
    """
    text image video audio voice file sticker location contact reaction order template system
    unsupported
    """
)
ATTACHMENT_KINDS: Final = frozenset({"image", "video", "audio", "voice", "file", "sticker"})

Json = dict[str, Any]
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote, as the platform names them.

    `aliases` are other chat ids by which the platform may name the same private chat (a phone
    beside a business-scoped id): the chat is found by any of them.
    """

    external_id: str
    name: str = ""
    username: str = ""
    language: str = ""
    phone: str = ""
    is_bot: bool = False
    email: str = ""
    aliases: tuple[str, ...] = ()

"""Whose chat it is, by VK's peer ids: people above zero, communities below, groups from 2e9."""

from __future__ import annotations

from typing import Any, Final

from channels_connectors.types import Person

Fields = dict[str, Any]

FIRST_GROUP_CHAT: Final = 2_000_000_000
_LARGEST: Final = 2**63


def number(value: Any) -> int:
    """A whole number that a bigint holds. Raises ValueError."""
    if type(value) is not int or not -_LARGEST <= value < _LARGEST:
        raise ValueError("an id is not a number")
    return value


def person(peer_id: int) -> Person:
    """Somebody of whom VK's events tell only the id; the profile tells the rest."""
    return Person(external_id=str(peer_id))


def page(peer_id: int) -> str:
    """The address of somebody's page, as people read it."""
    return f"vk.com/id{peer_id}" if peer_id > 0 else f"vk.com/club{-peer_id}"


def full_name(user: Fields) -> str:
    """The shown name of a user or a community."""
    names = (user.get("first_name"), user.get("last_name"))
    return " ".join(str(name) for name in names if name) or str(user.get("name") or "")

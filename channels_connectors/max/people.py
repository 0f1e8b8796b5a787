"""Who is who in MAX: people, and the chats by which they are addressed.

A dialog has an id of its own, which is neither the person's nor the bot's. It is the chat's id with
us; `user:<id>` stands beside it as an alias, for the updates and calls that name only the person.
"""

from __future__ import annotations

from typing import Any, Final

from channels_connectors.types import Person

Fields = dict[str, Any]

USER: Final = "user:"
_LARGEST: Final = 2**63


def number(value: Any) -> int:
    """A whole number that a bigint holds. Raises ValueError."""
    if type(value) is not int or not -_LARGEST <= value < _LARGEST:
        raise ValueError("an id is not a number")
    return value


def by_user(user_id: Any) -> str:
    """The name of the dialog with a person, where its own id is not told."""
    return f"{USER}{number(user_id)}"


def full_name(user: Fields) -> str:
    """The shown name; `name` is the old field for it."""
    names = (user.get("first_name"), user.get("last_name"))
    return " ".join(str(name) for name in names if name) or str(user.get("name") or "")


def partner(chat_id: str, user: Fields, language: Any = None) -> Person:
    """The other side of a dialog, who is known by the dialog."""
    return _person(chat_id, user, language, aliases=(by_user(user["user_id"]),))


def member(user: Fields, language: Any = None) -> Person:
    """Somebody in a group, who is known by their own id."""
    return _person(str(number(user["user_id"])), user, language)


def _person(external_id: str, user: Fields, language: Any, aliases: tuple[str, ...] = ()) -> Person:
    return Person(
        external_id=external_id,
        name=full_name(user),
        username=str(user.get("username") or ""),
        language=str(language or ""),
        is_bot=user.get("is_bot") is True,
        aliases=tuple(alias for alias in aliases if alias != external_id),
    )

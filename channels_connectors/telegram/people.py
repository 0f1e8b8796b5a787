"""Users and chats of Telegram as persons and names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from channels_connectors.types import Person

Fields = dict[str, Any]


def person(user: Fields, phone: str = "") -> Person:
    """The person behind a `User`."""
    return Person(
        external_id=str(user["id"]),
        name=full_name(user),
        username=words(user.get("username")),
        language=words(user.get("language_code")),
        phone=phone,
        is_bot=bool(user.get("is_bot")),
    )


def chat_as_person(chat: Fields) -> Person:
    """A channel or an anonymous administrator, who writes as a chat."""
    return Person(
        external_id=str(chat["id"]), name=full_name(chat), username=words(chat.get("username"))
    )


def sender(message: Fields) -> Person | None:
    """Who wrote. A message on behalf of a chat carries a made-up `from`, so the chat goes first.

    An anonymous administrator writes on behalf of the group itself. They are told apart from it by
    that made-up user's id, for the group is many people, and by their title.
    """
    if chat := message.get("sender_chat"):
        behind = chat_as_person(chat)
        user = message.get("from")
        if user and chat["id"] == message["chat"]["id"]:
            title = str(message.get("author_signature") or message.get("sender_tag") or "")
            name = f"{behind.name} ({title})" if title else behind.name
            return replace(behind, external_id=str(user["id"]), name=name)
        return behind
    user = message.get("from")
    return person(user) if user else None


def words(value: Any) -> str:
    """A text of the Bot API; "" for what is none."""
    return value if isinstance(value, str) else ""


def full_name(entity: Fields) -> str:
    """The shown name of a `User` or a `Chat`."""
    if title := entity.get("title"):
        return str(title)
    last = entity.get("last_name")
    first = entity.get("first_name") or ""
    return f"{first} {last}".strip() if last else str(first)


def origin_name(origin: Fields) -> str:
    """Whose message was forwarded: the four kinds of `MessageOrigin`."""
    entity = origin.get("sender_user") or origin.get("sender_chat") or origin.get("chat")
    return full_name(entity) if entity else str(origin.get("sender_user_name") or "")

"""Our ids of Telegram's chats and messages.

| chat | its id here | a message's id |
| --- | --- | --- |
| an ordinary chat | `<chat id>` | `<chat id>:<message id>` |
| a topic of a group that is a forum | `<chat id>/<topic id>` | `<chat id>:<message id>` |
| a chat of a business account | `<chat id>@<connection id>` | `...@<connection id>:<message id>` |

A topic is a conversation of its own, so that answers go where the question was; its messages are
numbered over the whole group, and reactions name no topic, hence their ids do without. The same
customer may write to two business accounts and to the bot itself: the connection's id, which
Telegram makes unique, keeps the three apart. A connection that is made anew has another id.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from channels_connectors.errors import ConnectorError
from channels_connectors.types import Json

from .errors import NO_CHAT, NOT_A_MESSAGE


class Place(NamedTuple):
    """Where a call of the Bot API does its work."""

    chat: int | str
    topic: int | None = None
    connection: str = ""

    @property
    def parameters(self) -> Json:
        """What names this place in a call that sends."""
        found: Json = {"chat_id": self.chat}
        if self.topic is not None:
            found["message_thread_id"] = self.topic
        if self.connection:
            found["business_connection_id"] = self.connection
        return found

    def message_id(self, number: int) -> str:
        """Our id of a message here."""
        return message_id(chat_id(self.chat, connection=self.connection), number)


def chat_id(chat: Any, *, topic: int | None = None, connection: str = "") -> str:
    """Our id of a chat."""
    if connection:
        return f"{chat}@{connection}"
    return f"{chat}" if topic is None else f"{chat}/{topic}"


def message_id(chat: Any, number: Any) -> str:
    """Our id of a message, which in Telegram is unique only inside its chat."""
    return f"{chat}:{number}"


def place(chat: str) -> Place:
    """What a chat id of ours names. Raises ConnectorError for what is none."""
    whole, _at, connection = chat.partition("@")
    number, _slash, topic = whole.partition("/")
    if topic and not topic.isdecimal():
        raise ConnectorError("recipient_gone", NO_CHAT)
    return Place(
        int(number) if number.removeprefix("-").isdecimal() else number,
        int(topic) if topic else None,
        connection,
    )


def messages(external_ids: Sequence[str]) -> tuple[Place, list[int]]:
    """The chat in which messages of ours stand, and their numbers.

    It is the chat that their ids name: where a group has moved since, the numbers of the old chat
    are other messages in the new one. Raises ConnectorError for what is no message in Telegram, as
    a pressed button.
    """
    split = [external_id.rpartition(":") for external_id in external_ids]
    if not split or any(not number.isdecimal() for _chat, _colon, number in split):
        raise ConnectorError("bad_content", NOT_A_MESSAGE)
    return place(split[0][0]), [int(number) for _chat, _colon, number in split]

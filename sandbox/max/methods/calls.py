"""One call of the API, with typed reading and MAX's own complaints."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sandbox.max.refusals import not_found, wrong
from sandbox.max.world import Bot, Chat, World

Fields = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """Who calls what: `path` are the parts of the address, `query` its parameters."""

    world: World
    bot: Bot
    path: dict[str, str]
    query: dict[str, str]
    raw: bytes
    base: str

    def body(self) -> Fields:
        """The JSON object of the call."""
        try:
            body = json.loads(self.raw or b"{}")
        except ValueError:
            raise wrong("Can't deserialize body") from None
        if not isinstance(body, dict):
            raise wrong("Can't deserialize body: object expected")
        return body

    def required(self, name: str) -> str:
        """A parameter that must be there."""
        if not (value := self.query.get(name, "")).strip():
            raise wrong(f"{name}: must not be blank")
        return value

    def integer(self, name: str, default: int | None, least: int, most: int) -> int | None:
        """A number within its bounds."""
        value = self.query.get(name)
        if value is None:
            return default
        try:
            found = int(value)
        except ValueError:
            raise wrong(f"{name}: must be a number") from None
        if not least <= found <= most:
            raise wrong(f"{name}: must be between {least} and {most}")
        return found

    def chat(self, value: str) -> Chat:
        """The chat of an id. Raises Refusal."""
        try:
            found = self.bot.chats.get(int(value))
        except ValueError:
            raise wrong("chat_id: must be a number") from None
        if found is None:
            raise not_found("chat", f"Chat {value} not found")
        return found

    def message(self, mid: str) -> tuple[Chat, Fields]:
        """The chat and the message of a `mid`. Raises Refusal."""
        for chat in self.bot.chats.values():
            if mid in chat.messages:
                return chat, chat.messages[mid]
        raise not_found("", f"Message {mid[:60]} not found")

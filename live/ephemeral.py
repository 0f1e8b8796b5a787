"""News that is worth nothing later: typing, presence. Fire and forget; lost is lost."""

import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgpack
import redis

from core.redis import async_client, client
from events import pokes

logger = logging.getLogger(__name__)

TYPE = "ephemeral"
TYPING = "typing"
PRESENCE = "presence"


@dataclass(frozen=True, slots=True)
class Whisper:
    """One piece of such news; with a conversation it is only for those who follow that."""

    kind: str
    data: dict[str, Any]
    conversation_id: UUID | None = None

    def pack(self) -> bytes:
        """As it travels over Redis."""
        conversation = str(self.conversation_id) if self.conversation_id else None
        packed: bytes = msgpack.packb(
            {"type": TYPE, "kind": self.kind, "data": self.data, "conversation": conversation}
        )
        return packed

    @classmethod
    def unpacked(cls, message: dict[str, Any]) -> "Whisper | None":
        """From a message of the pub/sub channel; None when it is not one of ours."""
        try:
            conversation = message["conversation"]
            return cls(
                str(message["kind"]),
                dict(message["data"]),
                UUID(conversation) if conversation else None,
            )
        except (KeyError, TypeError, ValueError):
            return None

    def frame(self) -> dict[str, Any]:
        """As it travels to a browser."""
        frame: dict[str, Any] = {"type": TYPE, "kind": self.kind, **self.data}
        if self.conversation_id:
            frame["conversation"] = str(self.conversation_id)
        return frame


def publish(
    workspace_id: UUID, kind: str, data: dict[str, Any], conversation_id: UUID | None = None
) -> None:
    """Tell the open pages of a workspace."""
    message = Whisper(kind, data, conversation_id).pack()
    try:
        client().publish(pokes.channel_of(workspace_id), message)
    except (redis.RedisError, OSError) as error:
        logger.debug("A whisper was lost: %s", error)


async def publish_soon(
    workspace_id: UUID, kind: str, data: dict[str, Any], conversation_id: UUID | None = None
) -> None:
    """The same from async code."""
    message = Whisper(kind, data, conversation_id).pack()
    try:
        await async_client().publish(pokes.channel_of(workspace_id), message)
    except (redis.RedisError, OSError) as error:
        logger.debug("A whisper was lost: %s", error)


def typing(kind: str, key: UUID, name: str, *, internal: bool = False) -> dict[str, Any]:
    """The data of a "typing" whisper. `kind` is "member" or "contact", `key` the row's id.

    Who writes an internal note must not be shown to customers.
    """
    return {"who": {"type": kind, "id": str(key), "name": name}, "internal": internal}

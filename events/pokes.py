"""Pokes: "look in PostgreSQL". Losing one delays a reader by a sweep, never loses a fact."""

import logging
from uuid import UUID

import msgpack
import redis

from core.redis import client

logger = logging.getLogger(__name__)

EVENTS_DUE = "pokes:events"


def group(workspace_id: UUID) -> str:
    """The channel-layer group of a workspace's live screens."""
    return f"workspace.{workspace_id.hex}"


def channel_of(workspace_id: UUID) -> str:
    """The Redis pub/sub channel behind the group.

    The name and the msgpack body are channels_redis' own; a test pins both. Publishing by
    hand spares the sorter and the workers an event loop.
    """
    return f"asgi__group__{group(workspace_id)}"


def publish(workspace_id: UUID, seq: int, actions: set[str]) -> None:
    """Tell the screens and the subscriptions that the journal has grown."""
    from events.subscriptions import wanted
    from events.tasks import run_subscriptions

    try:
        client().publish(channel_of(workspace_id), msgpack.packb({"type": "poke", "seq": seq}))
        if wanted(actions) and client().set(
            f"{EVENTS_DUE}:{workspace_id.hex}", 1, nx=True, px=1000
        ):
            run_subscriptions.delay(str(workspace_id))
    except (redis.RedisError, OSError) as error:
        logger.warning("A poke was lost, the sweep will do its work: %s", error)

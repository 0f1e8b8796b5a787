"""Pokes: "look in PostgreSQL". Losing one delays a reader by a sweep, never loses a fact."""

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from uuid import UUID

import msgpack
import redis
from kombu.exceptions import OperationalError

from core.redis import client

if TYPE_CHECKING:
    from events.models import Event

logger = logging.getLogger(__name__)

EVENTS_DUE = "pokes:events"
# A run that is on its way makes other pokes for the workspace needless for so long (milliseconds);
# one that is lost is made up for by the sweep.
ON_ITS_WAY = 5000
EXPIRES_SECONDS = 60

Waker = Callable[[list["Event"]], None]
_wakers: list[tuple[frozenset[str], Waker]] = []


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
        if wanted(actions) and client().set(due_key(workspace_id), 1, nx=True, px=ON_ITS_WAY):
            run_subscriptions.apply_async([str(workspace_id)], expires=EXPIRES_SECONDS)
    except (redis.RedisError, OperationalError, OSError) as error:
        logger.warning("A poke was lost, the sweep will do its work: %s", error)


def due_key(workspace_id: UUID) -> str:
    """Set while a run of the workspace's subscriptions is on its way."""
    return f"{EVENTS_DUE}:{workspace_id.hex}"


def arrived(workspace_id: UUID) -> None:
    """A run begins: what is committed from here on needs a poke of its own."""
    try:
        client().delete(due_key(workspace_id))
    except (redis.RedisError, OSError) as error:
        logger.debug("Redis is away: %s", error)


def wake(waker: Waker, *, actions: Iterable[str]) -> None:
    """Call `waker` with these events right after their commit, in the process that made them.

    A short cut for what may not wait for a subscription's turn. It is not called when the process
    dies after the commit: whoever uses it has a sweep as well.
    """
    _wakers.append((frozenset(actions), waker))


def call_wakers(events: list["Event"]) -> None:
    """What has just been committed, to those who asked for it."""
    for actions, waker in _wakers:
        if wanted_events := [event for event in events if event.action in actions]:
            waker(wanted_events)

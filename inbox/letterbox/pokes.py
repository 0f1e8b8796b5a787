"""Pokes for the sorter: which channels have new envelopes, oldest poke first.

A sorted set, so that a channel that is poked again before it was served keeps its place. Redis
being slow or away costs the sorter its quick start, since its sweep looks every second, and the
caller nothing.
"""

import asyncio
import logging
from time import monotonic, time
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

import redis

from core.redis import async_client, client

logger = logging.getLogger(__name__)

INBOUND: Final = "pokes:inbound"
SECONDS: Final = 1.0
PAUSE: Final = 1.0

Place = tuple[UUID, UUID]  # workspace, channel


def pack(place: Place) -> str:
    """A place as a member of the set."""
    return f"{place[0].hex}:{place[1].hex}"


def unpack(member: bytes) -> Place:
    """The place of a member. Raises ValueError for what is none."""
    workspace, _, channel = member.decode().partition(":")
    return UUID(workspace), UUID(channel)


def poke(place: Place) -> None:
    """Have the sorter look at a channel, from synchronous code."""
    try:
        client().zadd(INBOUND, {pack(place): time()}, nx=True)
    except (redis.RedisError, OSError) as error:
        logger.warning("The sorter was not poked, its sweep will do: %s", error)


def poke_soon(places: set[Place]) -> None:
    """The same from an event loop, without waiting for it."""
    _pokers.setdefault(asyncio.get_running_loop(), _Poker()).add(places)


async def settle() -> None:
    """Wait until this event loop's pokes have left, before it ends."""
    poker = _pokers.get(asyncio.get_running_loop())
    if poker is not None and poker.task is not None:
        await asyncio.wait([poker.task])


class _Poker:
    """Gathers pokes while one is on its way."""

    def __init__(self) -> None:
        self._places: set[Place] = set()
        self.task: asyncio.Task[None] | None = None
        self._quiet_until = 0.0

    def add(self, places: set[Place]) -> None:
        if monotonic() < self._quiet_until:
            return
        self._places |= places
        if self.task is None:
            self.task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        try:
            while self._places:
                places, self._places = self._places, set()
                now = time()
                async with asyncio.timeout(SECONDS):
                    await async_client().zadd(
                        INBOUND, {pack(place): now for place in places}, nx=True
                    )
        except (redis.RedisError, OSError, TimeoutError) as error:
            self._places.clear()
            self._quiet_until = monotonic() + PAUSE
            logger.warning("The sorter was not poked, its sweep will do: %s", error)
        finally:
            self.task = None


_pokers: WeakKeyDictionary[asyncio.AbstractEventLoop, _Poker] = WeakKeyDictionary()

"""This process's ear at Redis: one connection, one pub/sub subscription per workspace."""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgpack
import redis
import redis.asyncio
from django.conf import settings
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

logger = logging.getLogger(__name__)

PING_EVERY = 15.0  # seconds of silence; a second silence in a row means the connection is dead
RECONNECT_AFTER = 1.0

Heard = Callable[[str, dict[str, Any] | None], None]


class Ear:
    """Listens to channels and connects again for ever; what was said meanwhile is lost.

    `heard(channel, message)` is called with None when listening to the channel begins or begins
    again: time to look what was missed. `deaf()` is called when the connection is lost.
    """

    def __init__(self, heard: Heard, deaf: Callable[[], None]) -> None:
        self._heard = heard
        self._deaf = deaf
        self._wanted: set[str] = set()
        self._connected: PubSub | None = None
        self._task: asyncio.Task[None] | None = None

    async def listen(self, channel: str) -> None:
        """Begin to listen. Returns at once; `heard(channel, None)` tells when it is so."""
        self._wanted.add(channel)
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        elif self._connected is not None:
            with suppress(redis.RedisError, OSError):  # the reader will notice and reconnect
                await self._connected.subscribe(channel)

    async def ignore(self, channel: str) -> None:
        """Stop listening; with nothing left to hear the connection is closed."""
        self._wanted.discard(channel)
        if not self._wanted:
            await self.close()
        elif self._connected is not None:
            with suppress(redis.RedisError, OSError):
                await self._connected.unsubscribe(channel)

    async def close(self) -> None:
        """Close the connection."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (redis.RedisError, OSError) as error:
                logger.warning("Redis is away, the journal is polled instead: %s", error)
            finally:
                self._connected = None
                self._deaf()
            await asyncio.sleep(RECONNECT_AFTER * random.uniform(0.5, 1.5))

    async def _listen(self) -> None:
        # Without retries of its own: a silent reconnect would hide that pokes were lost. And
        # without a read timeout, which would drop a connection on which nothing happens.
        client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=None,
            socket_connect_timeout=5,
        )
        try:
            async with client.pubsub() as pubsub:
                first = set(self._wanted)
                await pubsub.subscribe(*first)
                self._connected = pubsub
                if added := self._wanted - first:
                    await pubsub.subscribe(*added)
                await self._read(pubsub)
        finally:
            await client.aclose()

    async def _read(self, pubsub: PubSub) -> None:
        asked = False
        while True:
            message = await pubsub.get_message(timeout=PING_EVERY)
            if message is None:
                if asked:
                    raise redis.ConnectionError("no answer to a ping")
                asked = True
                await pubsub.ping()
                continue
            asked = False
            if message["type"] == "subscribe":
                self._heard(message["channel"].decode(), None)
            elif message["type"] == "message":
                self._heard(message["channel"].decode(), _unpack(message["data"]))


def _unpack(data: bytes) -> dict[str, Any]:
    """A message of ours, or an empty one: the pub/sub channel is no place to trust."""
    try:
        message = msgpack.unpackb(data)
    except (ValueError, msgpack.UnpackException):
        return {}
    return message if isinstance(message, dict) else {}

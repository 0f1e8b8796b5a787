"""Clients of Redis (Valkey). It carries only pokes and short-lived state: losing it loses nothing."""

import asyncio
from functools import cache
from uuid import UUID
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings

_async_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, redis.asyncio.Redis] = (
    WeakKeyDictionary()
)


@cache
def client() -> redis.Redis:
    """The process's synchronous client; thread-safe."""
    made: redis.Redis = redis.Redis.from_url(settings.REDIS_URL)
    return made


def async_client() -> redis.asyncio.Redis:
    """The running event loop's client: asyncio connections can't cross loops."""
    loop = asyncio.get_running_loop()
    found = _async_clients.get(loop)
    if found is None:
        found = redis.asyncio.Redis.from_url(settings.REDIS_URL)
        _async_clients[loop] = found
    return found


def workspace_key(workspace_id: UUID, *parts: object) -> str:
    """The only way a key of one workspace is spelled, so that two never share one."""
    return ":".join(["workspace", workspace_id.hex, *map(str, parts)])

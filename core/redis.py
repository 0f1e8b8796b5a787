"""Clients of Redis (Valkey). It carries only pokes and short-lived state.

Losing it loses nothing, so nobody waits long for it.
"""

import asyncio
from functools import cache
from uuid import UUID
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings
from redis.backoff import ConstantBackoff
from redis.retry import Retry

# redis-py's own default, three tries a second apart, would hold up every request of an agent.
_RETRIES, _PAUSE_SECONDS, _CONNECT_SECONDS = 2, 0.02, 2

_async_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, redis.asyncio.Redis] = (
    WeakKeyDictionary()
)


@cache
def client() -> redis.Redis:
    """The process's synchronous client; thread-safe."""
    made: redis.Redis = redis.Redis.from_url(
        settings.REDIS_URL,
        retry=Retry(ConstantBackoff(_PAUSE_SECONDS), _RETRIES),
        socket_connect_timeout=_CONNECT_SECONDS,
    )
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

"""How many pollers there are. Only fairness hangs on it: leases keep two off one channel.

Each says in Redis that it is there. With Redis away everyone takes what is free.
"""

import asyncio
import time
from typing import Final
from uuid import UUID

import redis

from core.redis import client

KEY: Final = "tandem:pollers"
FRESH_SECONDS: Final = 10.0


async def count(token: UUID) -> int:
    """Pollers that were there a moment ago, this one among them."""
    return await asyncio.to_thread(_count, token)


async def leave(token: UUID) -> None:
    """This one ends: the others need not wait to notice."""
    await asyncio.to_thread(_leave, token)


def _count(token: UUID) -> int:
    now = time.time()
    try:
        with client().pipeline() as pipe:
            pipe.zadd(KEY, {token.hex: now})
            pipe.zremrangebyscore(KEY, "-inf", now - FRESH_SECONDS)
            pipe.zcard(KEY)
            pipe.expire(KEY, 60)
            return max(1, int(pipe.execute()[2]))
    except (redis.RedisError, OSError):
        return 1


def _leave(token: UUID) -> None:
    try:
        client().zrem(KEY, token.hex)
    except (redis.RedisError, OSError):
        return

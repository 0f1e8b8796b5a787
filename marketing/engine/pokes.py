"""Wakes the broadcasters. Losing a poke costs a moment: they look by themselves."""

import logging
from typing import Final

import redis

from core.redis import client
from events.models import Event

logger = logging.getLogger(__name__)

KEY: Final = "pokes:broadcasts"
MOST: Final = 16


def poke(events: list[Event]) -> None:
    """The journal's fast path: broadcasts were launched, resumed, or channels came back."""
    try:
        with client().pipeline() as pipe:
            pipe.lpush(KEY, 1)
            pipe.ltrim(KEY, 0, MOST)
            pipe.execute()
    except (redis.RedisError, OSError) as error:
        logger.debug("The broadcasters were not poked: %s", error)

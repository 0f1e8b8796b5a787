"""Token buckets that all processes share: GCRA in one Lua script.

Each bucket stores one moment, the "theoretical arrival time" (TAT): how far into the future the
tokens already taken reach. Redis may forget everything at any time: a bucket that may have been
drained just before counts as nearly empty, and while Redis is away each process paces itself.
"""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import redis

from core.redis import client

logger = logging.getLogger(__name__)

# A process that cannot see the others takes a fifth of the rate, and nothing at once.
ALONE_SHARE: Final = 0.2
# How deep work that can wait may drain a bucket; the rest is kept for what cannot.
LOW_PRIORITY_SHARE: Final = 0.5

_BORN_KEY: Final = "ratelimit:born"

# KEYS: for each bucket its TAT and its pause, then the moment since when Redis remembers.
# ARGV: the share of the burst that may be used, then for each bucket milliseconds for each token
# (0 = no limit) and the burst. Returns milliseconds to wait, or 0 when a token of each was taken.
_TAKE: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local born_key = KEYS[#KEYS]
local born = tonumber(redis.call('GET', born_key))
if not born then
    born = now
    redis.call('SET', born_key, string.format('%.0f', now))
end
local share, wait, reached = tonumber(ARGV[1]), 0, {}
for i = 1, (#KEYS - 1) / 2 do
    local interval, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    wait = math.max(wait, redis.call('PTTL', KEYS[2 * i]))
    if interval > 0 then
        local room = interval * burst
        local tat = tonumber(redis.call('GET', KEYS[2 * i - 1])) or now
        if now - born < room then
            tat = math.max(tat, born + room * 0.8 - interval)
        end
        tat = math.max(tat, now)
        wait = math.max(wait, tat + interval - math.max(interval, room * share) - now)
        reached[i] = tat + interval
    end
end
if wait > 0 then
    return math.ceil(wait)
end
for i, tat in pairs(reached) do
    redis.call('SET', KEYS[2 * i - 1], string.format('%.0f', tat), 'PX', math.ceil(tat - now) + 1)
end
return 0
"""


@dataclass(frozen=True, slots=True)
class Bucket:
    """At most `per_second` in the long run and `burst` at once; 0 per second means no limit, and
    the bucket can only be paused."""

    key: str
    per_second: float = 0.0
    burst: int = 1

    @property
    def interval(self) -> float:
        """Seconds for each token."""
        return 1 / self.per_second if self.per_second > 0 else 0.0


def take(buckets: Sequence[Bucket], *, low_priority: bool = False) -> float:
    """Take a token of every bucket and return 0, or take none and return seconds to wait.

    `low_priority` (broadcasts) finds a bucket empty while replies still find tokens in it.
    """
    if not buckets:
        return 0.0
    share = LOW_PRIORITY_SHARE if low_priority else 1.0
    keys = [name for bucket in buckets for name in (bucket.key, _pause_key(bucket))]
    arguments: list[float] = [share]
    for bucket in buckets:
        arguments += [round(bucket.interval * 1000), bucket.burst]
    try:
        return float(_script()(keys=[*keys, _BORN_KEY], args=arguments)) / 1000
    except (redis.RedisError, OSError) as error:
        logger.warning("Redis is away, this process paces itself: %s", error)
        return _alone.take(buckets)


def pause(bucket: Bucket, seconds: float) -> None:
    """Let nobody take from the bucket for so long; a longer pause stays."""
    _alone.pause(bucket, seconds)
    try:
        key, milliseconds = _pause_key(bucket), max(1, round(seconds * 1000))
        if not client().set(key, 1, px=milliseconds, nx=True):
            client().pexpire(key, milliseconds, gt=True)
    except (redis.RedisError, OSError) as error:
        logger.warning("Redis is away, only this process pauses: %s", error)


def count_within(key: str, seconds: float) -> int:
    """How often this has been called with the key since it was first, `seconds` ago at most.

    1 while Redis is away.
    """
    try:
        with client().pipeline() as pipe:
            pipe.incr(key)
            pipe.pexpire(key, round(seconds * 1000), nx=True)
            return int(pipe.execute()[0])
    except (redis.RedisError, OSError):
        return 1


def _pause_key(bucket: Bucket) -> str:
    return f"{bucket.key}:pause"


@cache
def _script() -> Any:
    return client().register_script(_TAKE)


class _Alone:
    """What one process remembers by itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def take(self, buckets: Sequence[Bucket]) -> float:
        with self._lock:
            now = time.monotonic()
            wait = max(self._next.get(bucket.key, 0.0) for bucket in buckets) - now
            if wait > 0:
                return wait
            self._forget(now)
            for bucket in buckets:
                if bucket.interval:
                    self._next[bucket.key] = now + bucket.interval / ALONE_SHARE
            return 0.0

    def pause(self, bucket: Bucket, seconds: float) -> None:
        with self._lock:
            until = time.monotonic() + seconds
            self._next[bucket.key] = max(until, self._next.get(bucket.key, 0.0))

    def _forget(self, now: float) -> None:
        if len(self._next) > 10_000:
            self._next = {key: until for key, until in self._next.items() if until > now}


_alone = _Alone()

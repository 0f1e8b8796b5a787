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
# (0 = no limit) and the burst.
_LOOK: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local born_key = KEYS[#KEYS]
local born = tonumber(redis.call('GET', born_key))
if not born then
    born = now
    redis.call('SET', born_key, string.format('%.0f', now))
end
local share = tonumber(ARGV[1])
-- Milliseconds to wait for a token of a bucket, and where its TAT is.
local function look(i)
    local interval, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    local wait, tat = math.max(0, redis.call('PTTL', KEYS[2 * i])), now
    if interval > 0 then
        local room = interval * burst
        tat = tonumber(redis.call('GET', KEYS[2 * i - 1])) or now
        if now - born < room then
            tat = math.max(tat, born + room * 0.8 - interval)
        end
        tat = math.max(tat, now)
        wait = math.max(wait, tat + interval - math.max(interval, room * share) - now)
    end
    return wait, tat, interval
end
local function keep(i, tat)
    redis.call('SET', KEYS[2 * i - 1], string.format('%.3f', tat), 'PX', math.ceil(tat - now) + 1)
end
"""
# Returns milliseconds to wait, or 0 when a token of each was taken.
_TAKE: Final = f"""
{_LOOK}
local wait, reached = 0, {{}}
for i = 1, (#KEYS - 1) / 2 do
    local own, tat, interval = look(i)
    wait = math.max(wait, own)
    if interval > 0 then
        reached[i] = tat + interval
    end
end
if wait > 0 then
    return math.ceil(wait)
end
for i, tat in pairs(reached) do
    keep(i, tat)
end
return 0
"""
# The last argument says how many of the buckets are everybody's; the others are of one each.
# Returns milliseconds to wait (0: nobody has to), then for each of those that were looked at
# whether they have a token of all buckets (1) or their own is empty (0).
_TAKE_EACH: Final = f"""
{_LOOK}
local shared, answer = tonumber(ARGV[#ARGV]), {{0}}
for i = shared + 1, (#KEYS - 1) / 2 do
    local own, own_tat, own_interval = look(i)
    if own > 0 then
        table.insert(answer, 0)
    else
        local wait = 0
        for j = 1, shared do
            wait = math.max(wait, (look(j)))
        end
        if wait > 0 then
            answer[1] = math.ceil(wait)
            return answer
        end
        for j = 1, shared do
            local _, tat, interval = look(j)
            if interval > 0 then
                keep(j, tat + interval)
            end
        end
        if own_interval > 0 then
            keep(i, own_tat + own_interval)
        end
        table.insert(answer, 1)
    end
end
return answer
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
    keys, arguments = _asked(buckets, LOW_PRIORITY_SHARE if low_priority else 1.0)
    try:
        return float(_script(_TAKE)(keys=keys, args=arguments)) / 1000
    except (redis.RedisError, OSError) as error:
        logger.warning("Redis is away, this process paces itself: %s", error)
        return _alone.take(buckets)


def take_each(
    shared: Sequence[Bucket], own: Sequence[Bucket], *, low_priority: bool = False
) -> tuple[list[bool], float]:
    """For each of the `own` buckets, in order, whether a token of it and of all shared ones was
    taken; False where its own is empty. Ends where a shared one is: then the second value says how
    many seconds to wait before asking for the rest.
    """
    if not own:
        return [], 0.0
    buckets = [*shared, *own]
    keys, arguments = _asked(buckets, LOW_PRIORITY_SHARE if low_priority else 1.0)
    try:
        wait, *taken = _script(_TAKE_EACH)(keys=keys, args=[*arguments, len(shared)])
    except (redis.RedisError, OSError) as error:
        logger.warning("Redis is away, this process paces itself: %s", error)
        return _alone.take_each(shared, own)
    return [bool(one) for one in taken], float(wait) / 1000


def _asked(buckets: Sequence[Bucket], share: float) -> tuple[list[str], list[float | str]]:
    """What the scripts take."""
    keys = [name for bucket in buckets for name in (bucket.key, _pause_key(bucket))]
    arguments: list[float | str] = [share]
    for bucket in buckets:
        arguments += [f"{bucket.interval * 1000:.3f}", bucket.burst]
    return [*keys, _BORN_KEY], arguments


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
def _script(source: str) -> Any:
    return client().register_script(source)


class _Alone:
    """What one process remembers by itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def take(self, buckets: Sequence[Bucket]) -> float:
        with self._lock:
            now = time.monotonic()
            wait = max((self._next.get(bucket.key, 0.0) for bucket in buckets), default=0.0) - now
            if wait > 0:
                return wait
            self._forget(now)
            for bucket in buckets:
                if bucket.interval:
                    self._next[bucket.key] = now + bucket.interval / ALONE_SHARE
            return 0.0

    def take_each(
        self, shared: Sequence[Bucket], own: Sequence[Bucket]
    ) -> tuple[list[bool], float]:
        taken: list[bool] = []
        for bucket in own:
            if self.take(shared):
                return taken, max(self._wait(shared), 0.001)
            taken.append(not self.take([bucket]))
        return taken, 0.0

    def _wait(self, buckets: Sequence[Bucket]) -> float:
        with self._lock:
            return max((self._next.get(bucket.key, 0.0) for bucket in buckets), default=0.0) - (
                time.monotonic()
            )

    def pause(self, bucket: Bucket, seconds: float) -> None:
        with self._lock:
            until = time.monotonic() + seconds
            self._next[bucket.key] = max(until, self._next.get(bucket.key, 0.0))

    def _forget(self, now: float) -> None:
        if len(self._next) > 10_000:
            self._next = {key: until for key, until in self._next.items() if until > now}


_alone = _Alone()

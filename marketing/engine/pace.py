"""How fast broadcasts write to one channel.

The platform's rate is `inbox.delivery.limits`' own bucket, of which broadcasts leave a part to
replies. Where a platform says "too often" all the same, broadcasts halve their rate, come back
within seconds to a bit less than what was too much, and then try more: a twentieth of the whole in
the first minute, four in two. From the second refusal on they know better: what has arrived between
two of them is what the platform allows in that time, as it had nothing left at both ends. Then they
go on with a bit less than that. All processes know of it; after a loss of Redis it begins anew.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

import redis

from channels_connectors.errors import ConnectorError
from channels_connectors.types import Capabilities
from core.ratelimit import Bucket, pause, take_each
from core.redis import client
from inbox.delivery import limits

logger = logging.getLogger(__name__)

LEAST: Final = 0.02
CUT: Final = 0.5
# Of what was too much, so large a part is tried next, reached after so many seconds.
NEXT: Final = 0.9
BACK_SECONDS: Final = 8.0
# Of what has arrived between two refusals so large a part is sent next. Fewer messages, or a
# shorter time, say nothing.
KNOWN: Final = 0.97
LEAST_ARRIVED: Final = 20
LEAST_SECONDS: Final = 3.0
# What is gained in the first minute; it grows with the square of the time, as what was too much
# then may be allowed by now.
GAIN: Final = 0.05
# Several refusals at once are one: the messages were under way together (seconds).
ONE_CUT: Final = 1.0
# What counts as the whole where a platform names no limit (messages a second).
UNNAMED: Final = 200.0
LOOK_SECONDS: Final = 1.0
KEPT_SECONDS: Final = 3600

# Among so many calls of the last minute so large a part must have failed before all stop.
CALLS: Final = 20
FAILED_SHARE: Final = 0.5
WITHIN: Final = 60.0
FIRST_REST: Final = 10.0
LONGEST_REST: Final = 300.0


class Taken(NamedTuple):
    """Addresses to which messages may go now, those whose own chat is full, and seconds until the
    channel has room again (0: at once)."""

    free: list[str]
    full: list[str]
    wait: float


class Course(NamedTuple):
    """After a refusal `at` that moment: the part of the whole rate that is used `first`, and that
    which is reached `then`, after BACK_SECONDS."""

    first: float
    then: float
    at: float


UNREFUSED: Final = Course(1.0, 1.0, 0.0)


class Pace:
    """The rate of one channel's broadcasts, as this process sees it."""

    def __init__(self, workspace_id: UUID, channel_id: UUID, capabilities: Capabilities) -> None:
        self._workspace_id, self._channel_id = workspace_id, channel_id
        self._capabilities = capabilities
        self.channel = limits.channel_bucket(workspace_id, channel_id, capabilities)
        self._key = f"{self.channel.key}:course"
        self._course = UNREFUSED
        self._looked_at = 0.0
        self._lock = threading.Lock()
        self._arrived = 0

    @property
    def share(self) -> float:
        """The part of the whole rate that is used now."""
        course, seconds = self._course, max(0.0, time.time() - self._course.at)
        part = course.first + (course.then - course.first) * min(1.0, seconds / BACK_SECONDS)
        return min(1.0, max(LEAST, part + GAIN * (seconds / 60) ** 2))

    def take_some(self, addresses: Sequence[str]) -> Taken:
        """Who of the addresses may be written to now. Ends at the first for whom the channel has no
        room; one whose own chat is full is passed over."""
        self._look()
        if self._arrived:
            self._tell_arrived()
        chats = [
            limits.chat_bucket(self._workspace_id, self._channel_id, address, self._capabilities)
            for address in addresses
        ]
        taken, wait = take_each([*self._own(), self.channel], chats, low_priority=True)
        looked_at = list(zip(addresses, taken, strict=False))
        return Taken(
            [address for address, is_free in looked_at if is_free],
            [address for address, is_free in looked_at if not is_free],
            wait,
        )

    def heed(self, address: str, error: ConnectorError) -> None:
        """A platform asked us to be slower."""
        if error.error_class != "rate":
            return
        seconds = error.retry_after or limits.FIRST_PAUSE
        if error.of_chat:
            chat = limits.chat_bucket(
                self._workspace_id, self._channel_id, address, self._capabilities
            )
            pause(chat, seconds)
            return
        pause(self.channel, seconds)
        # Another process may have been refused together with us.
        self._looked_at = 0.0
        self._look()
        now = time.time()
        if now - self._course.at > ONE_CUT:
            self._course = self._next_course(now)
            self._tell()

    def arrived(self) -> None:
        """The platform took a message."""
        with self._lock:
            self._arrived += 1

    @property
    def _whole(self) -> float:
        """What counts as the whole rate (messages a second)."""
        return self._capabilities.sends_per_second or UNNAMED

    def _next_course(self, now: float) -> Course:
        """How to go on after a refusal."""
        share, known = self.share, self._allowed(now) / self._whole
        # Little may have arrived because there was nothing to send for a while.
        if known < share * CUT:
            return Course(share * CUT, share * NEXT, now)
        part = min(share, known) * KNOWN
        return Course(part, part, now)

    def _allowed(self, now: float) -> float:
        """Messages a second that have arrived since the last refusal; 0 where that says nothing."""
        seconds = now - self._course.at
        if not LEAST_SECONDS <= seconds <= KEPT_SECONDS:
            return 0.0
        count = self._tell_arrived()
        return count / seconds if count >= LEAST_ARRIVED else 0.0

    def _own(self) -> list[Bucket]:
        share = self.share
        if share >= 1.0:
            return []
        rate = self._whole * share
        # As deep as the channel's own: half a second's worth is for what can wait.
        return [Bucket(f"{self.channel.key}:broadcasts", rate, max(2, round(rate)))]

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        try:
            found = client().get(self._key)
        except (redis.RedisError, OSError):
            return
        if isinstance(found, bytes):
            course = Course(*map(float, found.split()))
            if course.at > self._course.at:
                self._course = course

    def _tell(self) -> None:
        try:
            client().set(self._key, " ".join(map(str, self._course)), ex=KEPT_SECONDS)
        except (redis.RedisError, OSError) as error:
            logger.debug("Redis is away: %s", error)

    def _tell_arrived(self) -> int:
        """Add up what has arrived since the last refusal, in all processes; returns how many."""
        with self._lock:
            count, self._arrived = self._arrived, 0
        if time.time() - self._course.at > KEPT_SECONDS:
            return 0
        key = f"{self._key}:{self._course.at}"
        try:
            with client().pipeline() as pipe:
                pipe.incrby(key, count)
                pipe.expire(key, KEPT_SECONDS)
                return int(pipe.execute()[0])
        except (redis.RedisError, OSError) as error:
            logger.debug("Redis is away: %s", error)
            return 0


class Breaker:
    """Leaves a platform alone that does not answer, then asks it with one message."""

    def __init__(self) -> None:
        self._calls: deque[tuple[float, bool]] = deque()
        self._failures = 0
        self._rest = FIRST_REST
        self._open_until = 0.0
        self._is_probing = False

    def wait(self) -> float:
        """Seconds to leave the platform alone."""
        return max(0.0, self._open_until - time.monotonic())

    @property
    def most(self) -> int | None:
        """How many may go now; None: as many as there are."""
        if not self._open_until:
            return None
        return 0 if self._is_probing else 1

    def probe(self) -> None:
        """One goes while it is open."""
        if self._open_until:
            self._is_probing = True

    def note(self, *, failed: bool) -> None:
        """A call has ended."""
        now = time.monotonic()
        if self._open_until:
            if not self._is_probing:
                return  # it was under way when the others failed
            self._is_probing = False
            if failed:
                self._rest = min(self._rest * 2, LONGEST_REST)
                self._open_until = now + self._rest
            else:
                self._calls.clear()
                self._failures = 0
                self._rest, self._open_until = FIRST_REST, 0.0
            return
        self._calls.append((now, failed))
        self._failures += failed
        while self._calls[0][0] < now - WITHIN:
            self._failures -= self._calls.popleft()[1]
        count = len(self._calls)
        if count >= CALLS and self._failures >= FAILED_SHARE * count:
            logger.warning("A platform does not answer; broadcasts leave it alone.")
            self._open_until = now + self._rest

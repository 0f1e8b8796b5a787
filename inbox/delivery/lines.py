"""How many sends of one channel may be under way in this process.

The worker has a few threads for all channels of all workspaces. A platform that hangs may hold some
of them, never all.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

# Half of the threads that bin/dev gives the worker.
MOST: Final = 2
# A line is usually free again in a moment; behind a send that takes longer nobody waits (seconds).
WORTH_WAITING: Final = 0.5


class Lines:
    """The sends under way, by channel."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._changed = threading.Condition()
        self._begun: dict[UUID, list[float]] = defaultdict(list)

    @contextmanager
    def line(self, channel_id: UUID) -> Iterator[bool]:
        """True and a line for the length of the block, or False when none will be free soon."""
        begun = self._take(channel_id)
        try:
            yield begun is not None
        finally:
            if begun is not None:
                self._give_back(channel_id, begun)

    def _take(self, channel_id: UUID) -> float | None:
        with self._changed:
            asked = time.monotonic()
            while len(busy := self._begun[channel_id]) >= self._most:
                left = min(busy[0], asked) + WORTH_WAITING - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)
            begun = time.monotonic()
            busy.append(begun)
            return begun

    def _give_back(self, channel_id: UUID, begun: float) -> None:
        with self._changed:
            self._begun[channel_id].remove(begun)
            if not self._begun[channel_id]:
                del self._begun[channel_id]
            self._changed.notify_all()


lines = Lines()

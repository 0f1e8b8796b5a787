"""GET /updates: updates by their markers, for a bot that nobody subscribed to."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

KEPT_UPDATES = 10_000


class LongPoll:
    """The updates that wait; those before a marker that was passed are committed."""

    def __init__(self) -> None:
        self.waiting: dict[int, dict[str, Any]] = {}
        self.next = 1
        self._arrived = asyncio.Event()
        self._closed = False

    def add(self, update: dict[str, Any]) -> None:
        """Keep an update until it is committed."""
        self.waiting[self.next] = update
        self.next += 1
        while len(self.waiting) > KEPT_UPDATES:
            del self.waiting[next(iter(self.waiting))]
        self._wake()

    def close(self) -> None:
        """Answer all who wait."""
        self._closed = True
        self._wake()

    async def ask(
        self, marker: int | None, limit: int, timeout: float, types: set[str]
    ) -> dict[str, Any]:
        """`{updates, marker}`, at once where there are some, else after `timeout` seconds."""
        if marker is not None:
            self.waiting = {place: kept for place, kept in self.waiting.items() if place >= marker}
        found = self._found(limit, types)
        if not found and timeout and not self._closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), timeout)
            found = self._found(limit, types)
        following = max(found) + 1 if found else self.next
        return {"updates": list(found.values()), "marker": following}

    def _found(self, limit: int, types: set[str]) -> dict[int, dict[str, Any]]:
        wanted = [
            (place, update)
            for place, update in self.waiting.items()
            if not types or update["update_type"] in types
        ]
        return dict(wanted[:limit])

    def _wake(self) -> None:
        self._arrived.set()
        self._arrived = asyncio.Event()

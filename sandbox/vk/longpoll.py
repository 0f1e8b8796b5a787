"""Bots Long Poll: a history of events that a program reads by their numbers."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from typing import Any

# VK's history is short; older numbers are answered with `failed: 1`.
KEPT_EVENTS = 1000


class LongPoll:
    """The long poll of one community; `enabled` after groups.setLongPollSettings."""

    def __init__(self) -> None:
        self.enabled = False
        self.events: set[str] = set()
        self.key = secrets.token_hex(20)
        self.first = self.next = 1
        self._history: list[dict[str, Any]] = []
        self._arrived = asyncio.Event()
        self._closed = False

    def add(self, event: dict[str, Any]) -> None:
        """Keep an event, if the program asked for its kind."""
        if not self.enabled or event["type"] not in self.events:
            return
        self._history.append(event)
        self.next += 1
        if len(self._history) > KEPT_EVENTS:
            self.forget(KEPT_EVENTS)
        self._wake()

    def forget(self, kept: int = 0) -> None:
        """Lose all events but the last `kept`."""
        self._history = self._history[-kept:] if kept else []
        self.first = self.next - len(self._history)

    def new_key(self) -> None:
        """The old key is refused from now on."""
        self.key = secrets.token_hex(20)
        self._wake()

    def close(self) -> None:
        """Answer all who wait."""
        self._closed = True
        self._wake()

    async def ask(self, key: str, ts: str, wait: float) -> dict[str, Any]:
        """What a_check answers."""
        if key != self.key:
            return {"failed": 2}
        if not ts.isdigit() or int(ts) > self.next:
            return {"failed": 3}
        if int(ts) < self.first:
            return {"failed": 1, "ts": self.next}
        if int(ts) == self.next and not self._closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), wait)
            if key != self.key:
                return {"failed": 2}
        updates = self._history[max(0, int(ts) - self.first) :]
        return {"ts": str(self.next), "updates": updates}

    def _wake(self) -> None:
        self._arrived.set()
        self._arrived = asyncio.Event()

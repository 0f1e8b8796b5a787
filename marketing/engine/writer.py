"""Writes down what came of sends: whatever has ended while the last transaction ran, together."""

import asyncio
import logging
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import DatabaseError, InterfaceError

from marketing.engine import outcomes
from marketing.engine.outcomes import Outcome

if TYPE_CHECKING:
    from marketing.engine.loop import Broadcaster

logger = logging.getLogger(__name__)

MOST: Final = 200
# What ends within so long after the last write is written together, unless it is much (seconds).
GATHERED_SECONDS: Final = 0.2
LOOK_SECONDS: Final = 0.05
PAUSE_SECONDS: Final = 0.5
# A batch that the database refuses is taken apart after so many tries.
TRIES: Final = 3

Place = tuple[UUID, UUID, UUID]  # workspace, broadcast, channel


class Writer:
    """A send gives its place back when its outcome is written. What the database cannot take now is
    kept."""

    def __init__(self, broadcaster: "Broadcaster") -> None:
        self._broadcaster = broadcaster
        self._waiting: defaultdict[Place, list[Outcome]] = defaultdict(list)
        self._news = asyncio.Event()
        self._writing: set[asyncio.Task[None]] = set()
        self._written_at: dict[Place, float] = {}
        self._hurries = False
        self._places: set[Place] = set()

    @property
    def is_busy(self) -> bool:
        """Whether something is still to be written."""
        return bool(self._waiting or self._writing)

    def add(self, place: Place, outcome: Outcome) -> None:
        """A send has ended."""
        self._waiting[place].append(outcome)
        self._news.set()

    async def drained(self) -> None:
        """Wait until all that has ended is written."""
        self._hurries = True
        while self._waiting or self._writing:
            if self._writing:
                await asyncio.wait(self._writing)
            self._news.set()
            await asyncio.sleep(0)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            for place in [place for place in self._waiting if place not in self._places]:
                self._places.add(place)
                task = asyncio.create_task(self._write(place))
                self._writing.add(task)
                task.add_done_callback(self._writing.discard)

    async def _gather(self, place: Place) -> list[Outcome]:
        """What is to be written now."""
        due = self._written_at.get(place, 0.0) + GATHERED_SECONDS
        while len(self._waiting[place]) < MOST and not self._hurries:
            left = due - time.monotonic()
            if left <= 0:
                break
            await asyncio.sleep(min(left, LOOK_SECONDS))
        self._written_at[place] = time.monotonic()
        found = self._waiting.pop(place)
        if rest := found[MOST:]:
            self._waiting[place] = rest
        return found[:MOST]

    async def _write(self, place: Place) -> None:
        workspace_id, broadcast_id, channel_id = place
        tries = 0
        parts = [await self._gather(place)]
        while parts:
            part = parts.pop()
            try:
                await self._broadcaster.in_scope(
                    workspace_id, outcomes.write, broadcast_id, channel_id, part
                )
            except (DatabaseError, InterfaceError) as error:
                logger.warning("Outcomes wait for the database: %s", error)
                parts.append(part)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            except Exception:
                logger.exception("Outcomes cannot be written.")
                tries += 1
                if tries < TRIES:
                    parts.append(part)
                    continue
                if len(part) > 1:
                    parts += [[outcome] for outcome in part]
                    continue
                # Its lease ends, and somebody will look at it.
            for outcome in part:
                if outcome.flight is not None:
                    outcome.flight.settle()
            self._broadcaster.turnstile.leave(len(part))
        self._places.discard(place)
        if self._waiting:
            self._news.set()

"""The broadcaster's process: looks after all broadcasts that are being sent.

One event loop. A look, several times a second, does what is due for each broadcast and starts a
lane for each channel that has somebody to write to; lanes end by themselves. What touches the
database runs in a few threads, each with its own connection.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from uuid import UUID

import redis
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    InterfaceError,
    OperationalError,
    connections,
)

from channels_connectors.sessions import kept_sessions
from channels_connectors.types import Capabilities
from core.redis import async_client
from marketing.engine import flights, keeping
from marketing.engine.lane import Lane
from marketing.engine.pace import Breaker, Pace
from marketing.engine.pokes import KEY
from marketing.engine.turnstile import Turnstile
from marketing.engine.writer import Writer
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.25
IDLE_SECONDS: Final = 0.5
PAUSE_SECONDS: Final = 1.0
# Sends under way or not yet written, in one process; and of one lane, since a platform that hangs
# may hold some places, never all.
PLACES: Final = 256
THREADS: Final = 4
# The loop does not wait longer than this for a thread that works (Python's own are 5 ms).
SWITCH_SECONDS: Final = 0.001
# Replies come first on a machine that has more to do than it can.
NICE: Final = 5

Place = tuple[UUID, UUID]


class Broadcaster:
    """One process's part of the work. `stop` ends it after the messages that are under way."""

    def __init__(self) -> None:
        self.stopping = False
        self.turnstile = Turnstile(PLACES)
        self.writer = Writer(self)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="broadcaster")
        self._connections: set[Any] = set()
        self._lanes: dict[tuple[UUID, UUID, UUID], asyncio.Task[None]] = {}
        self._looks: dict[Place, asyncio.Task[None]] = {}
        self._paces: dict[UUID, Pace] = {}
        self._breakers: dict[UUID, Breaker] = {}
        # Nothing was under way when the last look began, and it began nothing.
        self._is_still = False

    def stop(self, *_: Any) -> None:
        """End soon. Fit for a signal handler."""
        self.stopping = True

    def run(self) -> None:
        """Work until stopped, through restarts of PostgreSQL and Redis."""
        sys.setswitchinterval(SWITCH_SECONDS)
        asyncio.run(self.work())

    async def work(self, *, until_idle: bool = False) -> None:
        """The loop itself; `until_idle` ends when nothing is left to do now."""
        async with kept_sessions():
            await self._work(until_idle=until_idle)

    async def _work(self, *, until_idle: bool) -> None:
        writing = asyncio.create_task(self.writer.run())
        try:
            while not self.stopping:
                await self._read_flights()
                self._is_still = not self._busy()
                found = await self._turn(within=None if until_idle else LOOK_SECONDS)
                # What has ended since the look was not yet seen by it.
                if until_idle and self._is_still and not found and not self._busy():
                    break
                await self._rest(LOOK_SECONDS if self._busy() or found else IDLE_SECONDS)
            await self._finish()
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            self._pool.shutdown()
            await asyncio.to_thread(self._close)

    async def database(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Run something of the database in a thread of its own connection."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._clean, work, *arguments)

    async def in_scope(self, workspace_id: UUID, work: Callable[..., Any], *arguments: Any) -> Any:
        """The same in a workspace's scope: one transaction."""
        return await self.database(_scoped, workspace_id, work, *arguments)

    def pace(self, workspace_id: UUID, channel_id: UUID, capabilities: Capabilities) -> Pace:
        """The channel's pace in this process."""
        if channel_id not in self._paces:
            self._paces[channel_id] = Pace(workspace_id, channel_id, capabilities)
        return self._paces[channel_id]

    def breaker(self, channel_id: UUID) -> Breaker:
        """The channel's breaker in this process."""
        return self._breakers.setdefault(channel_id, Breaker())

    async def _read_flights(self) -> None:
        """Settle what processes that are gone have left in mid-send on this machine."""
        for left in flights.left_behind():
            try:
                await self.in_scope(left.place[0], keeping.settle_flight, left)
            except (DatabaseError, InterfaceError) as error:
                logger.warning("Flights wait for the database: %s", error)
                break
            except Exception:
                # Their leases end, and then they are in doubt.
                logger.exception("A flight cannot be settled.")

    async def _turn(self, *, within: float | None) -> int:
        """Look after all broadcasts; returns how many looks still last after so many seconds."""
        try:
            places = await self.database(keeping.places)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The database does not answer: %s", error)
            await asyncio.sleep(PAUSE_SECONDS)
            return 1
        for place in places:
            if place not in self._looks:
                task = asyncio.create_task(self._look(place))
                self._looks[place] = task
                task.add_done_callback(lambda _, place=place: self._looks.pop(place, None))
        if self._looks:
            await asyncio.wait(self._looks.values(), timeout=within)
        return len(self._looks)

    async def _look(self, place: Place) -> None:
        workspace_id, broadcast_id = place
        try:
            found = await self.in_scope(workspace_id, keeping.look, broadcast_id)
            while found.has_more and not self.stopping:
                self._start(place, found.channels)
                found = await self.in_scope(workspace_id, keeping.look, broadcast_id)
            self._start(place, found.channels)
        except OperationalError as error:
            logger.warning("The database does not answer: %s", error)
            await asyncio.sleep(PAUSE_SECONDS)
        except Exception:
            logger.exception("Broadcast %s cannot be looked after.", broadcast_id)
            await asyncio.sleep(PAUSE_SECONDS)

    def _start(self, place: Place, channels: list[UUID]) -> None:
        for channel_id in channels:
            key = (*place, channel_id)
            if key in self._lanes or self.stopping:
                continue
            self._is_still = False
            task = asyncio.create_task(Lane(self, *key).run())
            self._lanes[key] = task
            task.add_done_callback(lambda _, key=key: self._lanes.pop(key, None))

    def _busy(self) -> bool:
        return bool(self._lanes or self._looks or self.writer.is_busy)

    async def _rest(self, seconds: float) -> None:
        """Until a poke or the time."""
        try:
            async with asyncio.timeout(seconds):
                await async_client().brpop([KEY], timeout=0)
        except TimeoutError:
            return
        except (redis.RedisError, OSError):
            await asyncio.sleep(seconds)

    def _clean(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """In a thread: without a connection that the database has closed."""
        own = connections[DEFAULT_DB_ALIAS]
        self._connections.add(own)
        try:
            return work(*arguments)
        except (OperationalError, InterfaceError):
            own.close()
            raise

    def _close(self) -> None:
        for own in self._connections:
            own.inc_thread_sharing()
            own.close()

    async def _finish(self) -> None:
        """Let what is under way end, and be written."""
        while self._busy():
            tasks = [*self._lanes.values(), *self._looks.values()]
            if tasks:
                await asyncio.wait(tasks)
            await self.writer.drained()


def _scoped(workspace_id: UUID, work: Callable[..., Any], *arguments: Any) -> Any:
    with workspace_scope(workspace_id):
        return work(*arguments)


def be_nice() -> None:
    """Let others have the processor first."""
    try:
        os.nice(NICE)
    except OSError:
        logger.debug("This system does not know niceness.")

"""The hub: reads each workspace's journal once per process and hands it to all its sockets.

Correctness comes from `seq` alone. Pokes only say when to look; without them the hub looks every
second, and every 25 seconds in any case, so that a lost last poke heals.
"""

import asyncio
import logging
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Any, Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from psycopg_pool import PoolTimeout

from events import pokes
from events.reading import BATCH, read_after, read_counter
from live.batch import Batch
from live.ephemeral import TYPE as EPHEMERAL
from live.ephemeral import Whisper
from live.listening import Ear

logger = logging.getLogger(__name__)

HEARTBEAT = 25.0
POLL = 1.0  # without Redis
# Between two reads. A poke after a pause is answered at once; the more pokes come in between, and
# the longer rendering takes, the more of them one read serves.
GAP, BUSY_GAP, BUSY = 0.04, 0.1, 2
RENDERING_TAKES = 1.0  # seconds that the next read waits for it at most

DATABASE_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, OSError)


class Subscriber(Protocol):
    """Someone who follows a workspace. The hub calls it in the event loop; it must not block."""

    @property
    def language(self) -> str: ...

    @property
    def topics(self) -> AbstractSet[str]: ...

    def offer(self, batch: Batch) -> None:
        """The next stretch of the journal: no gap since the last one, nothing twice."""

    def whisper(self, whisper: Whisper) -> None:
        """Ephemeral news."""

    def beat(self, seq: int) -> None:
        """Nothing is missing up to `seq`."""


class Room:
    """One workspace's subscribers in this process."""

    def __init__(self, workspace_id: UUID) -> None:
        self.workspace_id = workspace_id
        self.subscribers: set[Subscriber] = set()
        self.seq = 0
        self.is_heard = False
        self._pokes = 0
        self._last: Batch | None = None
        self._poked = asyncio.Event()
        self._beat_at = 0.0

    def poke(self) -> None:
        """The journal may have grown."""
        self._pokes += 1
        self._poked.set()

    def interest(self, language: str) -> set[str]:
        """Every topic that somebody of this language follows."""
        return {
            topic
            for subscriber in self.subscribers
            if subscriber.language == language
            for topic in subscriber.topics
        }

    async def open(self) -> None:
        """Start at the journal's end."""
        self.seq = await read_counter(self.workspace_id)

    async def pump(self) -> None:
        """Read and hand on, for ever."""
        clock = asyncio.get_running_loop().time
        self._beat_at = clock() + HEARTBEAT
        while True:
            until_beat = max(0.0, self._beat_at - clock())
            with suppress(TimeoutError):
                async with asyncio.timeout(until_beat if self.is_heard else min(POLL, until_beat)):
                    await self._poked.wait()
            merged, self._pokes = self._pokes, 0
            self._poked.clear()
            started = clock()
            try:
                await self._read()
            except DATABASE_AWAY as error:
                logger.warning("The journal can't be read: %s", error)
                await self._again()
                continue
            except Exception:
                logger.exception("The room of workspace %s stumbled.", self.workspace_id)
                await self._again()
                continue
            if clock() >= self._beat_at:
                self._beat_at = clock() + HEARTBEAT
                for subscriber in list(self.subscribers):
                    subscriber.beat(self.seq)
            gap = BUSY_GAP if merged > BUSY else GAP
            await asyncio.sleep(max(0.0, started + gap - clock()))
            if self._last is not None:
                await self._last.rendered(RENDERING_TAKES)
                self._last = None

    async def _again(self) -> None:
        self.poke()
        await asyncio.sleep(POLL)

    async def _read(self) -> None:
        while True:
            events = await read_after(self.workspace_id, self.seq)
            if not events:
                return
            batch = Batch(self.workspace_id, self.seq, events, self.interest)
            self._last = batch
            # Before it is handed out: hundreds of sockets that wake up only to wait for a
            # rendering would take the processor from it.
            followed = {(one.language, frozenset(one.topics)) for one in self.subscribers}
            await batch.prepare(followed, RENDERING_TAKES)
            for subscriber in list(self.subscribers):
                subscriber.offer(batch)
            self.seq = batch.seq
            if len(events) < BATCH:
                return


class Hub:
    """All rooms of this process's event loop."""

    def __init__(self) -> None:
        self._rooms: dict[UUID, tuple[Room, asyncio.Task[None]]] = {}
        self._opening: dict[UUID, asyncio.Lock] = {}
        self._by_channel: dict[str, Room] = {}
        self._ear = Ear(self._hear, self._go_deaf)

    async def join(self, workspace_id: UUID, subscriber: Subscriber) -> int:
        """Follow a workspace. Returns the `seq` after which batches will be offered.

        Raises one of DATABASE_AWAY when the journal's end can't be read.
        """
        async with self._opening.setdefault(workspace_id, asyncio.Lock()):
            if workspace_id not in self._rooms:
                room = Room(workspace_id)
                await room.open()
                channel = pokes.channel_of(workspace_id)
                self._by_channel[channel] = room
                self._rooms[workspace_id] = room, asyncio.create_task(room.pump())
                await self._ear.listen(channel)
            room, _ = self._rooms[workspace_id]
            room.subscribers.add(subscriber)
            return room.seq

    async def leave(self, workspace_id: UUID, subscriber: Subscriber) -> None:
        """Stop following. The last one closes the room."""
        async with self._opening.setdefault(workspace_id, asyncio.Lock()):
            if workspace_id not in self._rooms:
                return
            room, pump = self._rooms[workspace_id]
            room.subscribers.discard(subscriber)
            if room.subscribers:
                return
            del self._rooms[workspace_id]
            channel = pokes.channel_of(workspace_id)
            del self._by_channel[channel]
            pump.cancel()
            await self._ear.ignore(channel)

    def rooms(self) -> Iterator[Room]:
        """The open rooms."""
        return (room for room, _ in list(self._rooms.values()))

    def _hear(self, channel: str, message: dict[str, Any] | None) -> None:
        room = self._by_channel.get(channel)
        if room is None:
            return
        if message is None:
            room.is_heard = True
            room.poke()
        elif message.get("type") == EPHEMERAL:
            if whisper := Whisper.unpacked(message):
                for subscriber in list(room.subscribers):
                    subscriber.whisper(whisper)
        else:
            room.poke()

    def _go_deaf(self) -> None:
        for room in self.rooms():
            room.is_heard = False
            room.poke()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The running event loop's hub."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]

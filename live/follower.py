"""A socket that follows a workspace's journal and misses nothing."""

import asyncio
import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from events.audience import Audience
from events.models import Event
from events.reading import read_after, read_counter
from live.batch import Batch
from live.ephemeral import Whisper
from live.fragments import Fragment
from live.hub import DATABASE_AWAY, hub
from live.sockets import TOO_SLOW, TRY_LATER, Closed, Socket

logger = logging.getLogger(__name__)

QUEUE = 256
WHISPERS = QUEUE // 2  # what is lost without harm does not crowd out what is not
REPLAY = 500  # events; whoever missed more loads the page anew


@dataclass(frozen=True, slots=True)
class _Rewind:
    """Tell again everything after `since`."""

    since: int


@dataclass(frozen=True, slots=True)
class _Beat:
    seq: int


class Follower(Socket, ABC):
    """Hears batches from the hub and sends what its viewer may see, in order, from one queue.

    A subclass logs the viewer in (`arrive`, then `follow`), decides in `hears`, and handles
    messages; `watch` handles `since`. `position` is the `seq` up to which everything was told.
    """

    workspace_id: UUID
    language = "en"

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        super().__init__(scope, receive, send)
        self.topics: frozenset[str] = frozenset()
        self.position = 0
        self._queue: asyncio.Queue[Batch | _Rewind | _Beat | dict[str, Any]] = asyncio.Queue(QUEUE)

    @abstractmethod
    def hears(self, event: Event, audience: Audience | None) -> bool:
        """Whether the viewer may know of the event."""

    @abstractmethod
    def ears(self) -> Hashable:
        """Equal for viewers to whom `hears` says the same of every event."""

    def hears_whisper(self, whisper: Whisper) -> bool:
        """Whether ephemeral news is for this viewer."""
        return False

    async def before(self, batch: Batch) -> None:
        """Called ahead of each batch: the viewer's rights may have changed in it."""

    async def after(self, batch: Batch) -> None:
        """Called behind each batch."""

    async def follow(self) -> None:
        """Begin to follow `workspace_id`, from now. Sends the hello with the position."""
        try:
            self.position = await hub().join(self.workspace_id, self)
        except DATABASE_AWAY:
            raise Closed(TRY_LATER) from None
        await self.send({"type": "hello", "seq": self.position})

    async def depart(self) -> None:
        if hasattr(self, "workspace_id"):
            await hub().leave(self.workspace_id, self)

    def watch(self, topics: Collection[str], since: object = None) -> None:
        """Follow these topics; with `since`, tell again what the page as of that `seq` lacks."""
        self.topics = frozenset(topics)
        if isinstance(since, int) and not isinstance(since, bool):
            self._put(_Rewind(max(0, since)))

    def offer(self, batch: Batch) -> None:
        self._put(batch)

    def whisper(self, whisper: Whisper) -> None:
        if self._queue.qsize() < WHISPERS and self.hears_whisper(whisper):
            self._put(whisper.frame())

    def beat(self, seq: int) -> None:
        self._put(_Beat(seq))

    async def work(self) -> None:
        """Send from the queue."""
        while True:
            item = await self._queue.get()
            if isinstance(item, Batch):
                await self._tell(item)
                self.position = item.seq
                await self.after(item)
            elif isinstance(item, _Rewind):
                await self._rewind(item.since)
            elif isinstance(item, _Beat):
                await self.send({"type": "heartbeat", "seq": self.position})
            else:
                await self.send(item)

    def _put(self, item: Batch | _Rewind | _Beat | dict[str, Any]) -> None:
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            self.end(TOO_SLOW)

    async def _rewind(self, since: int) -> None:
        """Send what lies between `since` and the position in one frame, be it empty, or "reset".

        The page counts on an answer: until it has one, it asks for the same again after a break.
        """
        missed = self.position - since
        try:
            # Ahead of us by a moment, or of a journal that was restored from a backup.
            ahead = missed < 0 and since > await read_counter(self.workspace_id)
            if missed > REPLAY or ahead:
                await self.send({"type": "reset", "seq": self.position})
                return
            events = await read_after(self.workspace_id, since, missed) if missed > 0 else []
        except DATABASE_AWAY:
            raise Closed(TRY_LATER) from None
        if events:
            batch = Batch(self.workspace_id, since, events, lambda _language: self.topics)
            await self._tell(batch, replay=True)
        else:
            await self.send(_news(self.position, replay=True))

    async def _tell(self, batch: Batch, *, replay: bool = False) -> None:
        await self.before(batch)
        key = (self.ears(), self.language, self.topics, replay)
        if key not in batch.frames:
            fragments = await self._fragments(batch)
            # Whoever waited for the fragments beside us may have written the frame.
            if key not in batch.frames:
                batch.frames[key] = self._frame(batch, fragments, replay=replay)
        if text := batch.frames[key]:
            await self.send_text(text)

    def _frame(self, batch: Batch, fragments: list[Fragment], *, replay: bool) -> str:
        """The frame for all who hear alike; "" where there is nothing to tell them."""
        heard = {
            event.seq for event in batch.events if self.hears(event, batch.audiences[event.seq])
        }
        told = [one for one in fragments if self._may_see(one, batch, heard)]
        changed: set[str] = set().union(*(batch.changes[seq] for seq in heard))
        if not told and not changed and not replay:
            return ""
        frame = _news(batch.seq, told, changed, replay=replay)
        return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))

    async def _fragments(self, batch: Batch) -> list[Fragment]:
        try:
            return await batch.fragments(self.language, self.topics)
        except Exception:
            logger.exception("Fragments can't be rendered; the page will come back for them.")
            raise Closed(TRY_LATER) from None

    def _may_see(self, fragment: Fragment, batch: Batch, heard: set[int]) -> bool:
        if fragment.audience is None:
            return fragment.seq in heard
        event = next((event for event in batch.events if event.seq == fragment.seq), None)
        return event is not None and self.hears(event, fragment.audience)


def _news(
    seq: int, told: Collection[Fragment] = (), changed: Collection[str] = (), *, replay: bool
) -> dict[str, Any]:
    streams = "".join(fragment.stream for fragment in told)
    frame = {"type": "news", "seq": seq, "streams": streams, "changed": sorted(changed)}
    return {**frame, "replay": True} if replay else frame

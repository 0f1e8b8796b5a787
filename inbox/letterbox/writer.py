"""Stores envelopes in batches without a timer: what arrives while one INSERT commits goes with the
next. An idle letterbox answers at once, a busy one saves commits."""

import asyncio
import hashlib
import logging
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg

from core.ids import uuid7
from core.postgresql.arrays import blobs, texts, uuids
from inbox.letterbox.database import Unavailable, session
from inbox.letterbox.pokes import poke_soon

logger = logging.getLogger(__name__)

LARGEST_BATCH: Final = 100
LONGEST_KEY: Final = 200

# Bare ON CONFLICT: with columns named it would need the right to read, which this has not.
_STORE: Final = """
    insert into inbox_inboundenvelope
        (id, workspace_id, channel_id, dedup_key, raw, received_at, created_at, state, attempts,
         error)
    select id, workspace_id, channel_id, dedup_key, raw, now(), now(), 'new', 0, ''
    from unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::bytea[])
        as envelope (id, workspace_id, channel_id, dedup_key, raw)
    on conflict do nothing
"""

__all__ = ["Unavailable", "post"]


class Addressee(Protocol):
    """A channel, as far as an envelope needs it."""

    @property
    def id(self) -> Any: ...
    @property
    def workspace_id(self) -> Any: ...


@dataclass(slots=True, eq=False)
class _Letter:
    id: UUID
    workspace_id: UUID
    channel_id: UUID
    dedup_key: str
    raw: bytes
    stored: asyncio.Future[None] = field(repr=False)


async def post(channel: Addressee, dedup_key: str, raw: bytes) -> None:
    """Store an envelope; returns when it is committed. The same key a second time does nothing.

    Raises `Unavailable` when the database is away: nothing is kept, so say so to who sent it.
    """
    loop = asyncio.get_running_loop()
    letter = _Letter(
        uuid7(), channel.workspace_id, channel.id, _storable(dedup_key), raw, loop.create_future()
    )
    _writers.setdefault(loop, _Writer()).add(letter)
    await letter.stored


class _Writer:
    """The one writer of an event loop."""

    def __init__(self) -> None:
        self._waiting: list[_Letter] = []
        self._task: asyncio.Task[None] | None = None

    def add(self, letter: _Letter) -> None:
        self._waiting.append(letter)
        if self._task is None:
            self._task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch = self._waiting[:LARGEST_BATCH]
                del self._waiting[:LARGEST_BATCH]
                await self._store(batch)
        finally:
            self._task = None

    async def _store(self, batch: list[_Letter]) -> None:
        try:
            await _insert(batch)
        except Unavailable as error:
            # Whoever has waited this long must not wait for another time-out.
            batch += self._waiting
            self._waiting.clear()
            _fail(batch, error)
        except psycopg.Error as error:
            if len(batch) == 1:
                logger.error("An envelope cannot be stored: %s", error)
                _fail(batch, Unavailable(str(error)))
                return
            # One that cannot be stored, such as for a channel just deleted, takes none with it.
            for letter in batch:
                await self._store([letter])
        except BaseException as error:
            _fail(batch, Unavailable(str(error)))
            raise
        else:
            poke_soon({(letter.workspace_id, letter.channel_id) for letter in batch})
            for letter in batch:
                if not letter.stored.done():
                    letter.stored.set_result(None)


async def _insert(batch: list[_Letter]) -> None:
    columns = (
        uuids([letter.id for letter in batch]),
        uuids([letter.workspace_id for letter in batch]),
        uuids([letter.channel_id for letter in batch]),
        texts([letter.dedup_key for letter in batch]),
        blobs([letter.raw for letter in batch]),
    )
    async with session() as connection:
        await connection.execute(_STORE, columns)


def _fail(batch: list[_Letter], error: Exception) -> None:
    for letter in batch:
        if not letter.stored.done():
            letter.stored.set_exception(error)


def _storable(dedup_key: str) -> str:
    """The key itself, or its hash where the column could not hold it."""
    if len(dedup_key) <= LONGEST_KEY and dedup_key.isascii() and "\0" not in dedup_key:
        return dedup_key
    return hashlib.sha256(dedup_key.encode("utf-8", "surrogatepass")).hexdigest()


_writers: WeakKeyDictionary[asyncio.AbstractEventLoop, _Writer] = WeakKeyDictionary()

"""Which channel a call is for. Kept in memory for LIFETIME seconds: that is how long a disconnected
channel goes on taking messages. A changed secret counts at once."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

import orjson

from channels_connectors.base import Connector
from channels_connectors.errors import Unauthorized
from channels_connectors.registry import connector_class
from channels_connectors.types import ChannelConfig
from core import crypto
from core.postgresql.connections import SET_WORKSPACE
from inbox.letterbox.database import session

LIFETIME: Final = 2.0
# A wrong secret makes us look again, but no more often than this.
SHORTEST: Final = 0.2
MOST: Final = 10_000

_BY_KEY: Final = "select channel_id, workspace_id, kind from channel_by_key(%s)"
_CHANNEL: Final = """
    select kind, credentials, settings, status from channels_connectors_channel
    where workspace_id = %s and id = %s
"""


@dataclass(frozen=True, slots=True, eq=False)
class Address:
    """A channel that takes messages."""

    id: UUID
    workspace_id: UUID
    connector: Connector


@dataclass(slots=True, eq=False)
class _Entry:
    address: Address | None
    read_at: float


class _Book:
    """The channels that this event loop has asked for."""

    def __init__(self) -> None:
        self.entries: OrderedDict[str, _Entry] = OrderedDict()
        self.reading: dict[str, asyncio.Future[_Entry]] = {}

    async def entry(self, key: str, lifetime: float) -> _Entry:
        found = self.entries.get(key)
        if found is not None and monotonic() - found.read_at < lifetime:
            return found
        # Callers that come meanwhile wait for the same answer.
        reading = self.reading.get(key)
        if reading is None:
            reading = asyncio.ensure_future(self._read(key))
            self.reading[key] = reading
            reading.add_done_callback(lambda _: self.reading.pop(key, None))
        return await asyncio.shield(reading)

    async def _read(self, key: str) -> _Entry:
        entry = _Entry(await _load(key), monotonic())
        self.entries[key] = entry
        self.entries.move_to_end(key)
        while len(self.entries) > MOST:
            self.entries.popitem(last=False)
        return entry


_books: WeakKeyDictionary[asyncio.AbstractEventLoop, _Book] = WeakKeyDictionary()


async def find(kind: str, key: str, *, after: Address | None = None) -> Address:
    """The channel with this key, read anew when `after` is what is known of it.

    Raises `Unauthorized` when there is none that takes messages, `Unavailable` when the database
    does not answer.
    """
    book = _books.setdefault(asyncio.get_running_loop(), _Book())
    address = (await book.entry(key, SHORTEST if after else LIFETIME)).address
    if address is None or address.connector.kind != kind:
        raise Unauthorized
    return address


async def _load(key: str) -> Address | None:
    async with session() as connection, connection.transaction():
        found = await (await connection.execute(_BY_KEY, (key,))).fetchone()
        if found is None:
            return None
        channel_id, workspace_id, _ = found
        await connection.execute(SET_WORKSPACE, (str(workspace_id),))
        row = await (await connection.execute(_CHANNEL, (workspace_id, channel_id))).fetchone()
    if row is None:
        return None
    kind, credentials, settings, status = row
    connector = _connector(kind, key, credentials, settings)
    # A paused or broken channel still takes what comes; a disconnected one has no secret to check.
    if connector is None or status == "disconnected":
        return None
    return Address(channel_id, workspace_id, connector)


def _connector(kind: str, key: str, credentials: bytes, settings: Any) -> Connector | None:
    try:
        made = connector_class(kind)
    except KeyError:
        return None
    values = orjson.loads(settings) if isinstance(settings, str | bytes) else settings
    return made(ChannelConfig(kind, key, dict(crypto.decrypt(credentials) or {}), dict(values)))

"""HTTP sessions that outlive one call.

A connector opens a session for each message and closes it, so that it works under any event loop
and a channel's settings may change at any time. Who sends many messages in one loop keeps them:
inside of `kept_sessions` calls to the same place share their connections.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Final

import aiohttp

# After so long names are looked up anew, and proxies checked (seconds).
KEPT_SECONDS: Final = 60.0
# Beyond so many, those that nobody uses are closed.
MOST: Final = 64

Open = Callable[[], Awaitable[aiohttp.ClientSession]]


class _Kept:
    """A session and how many use it now."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.until = time.monotonic() + KEPT_SECONDS
        self.users = 0

    @property
    def is_old(self) -> bool:
        return time.monotonic() > self.until


class _Sessions:
    """The sessions of one loop, by where they lead."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, _Kept] = {}

    async def take(self, key: Hashable, open_session: Open) -> _Kept:
        await self._tidy(key)
        if key not in self._kept:
            made = _Kept(await open_session())
            # Another may have opened one meanwhile; the later one is closed after this use.
            self._kept.setdefault(key, made).users += 1
            if self._kept[key] is not made:
                await made.session.close()
            return self._kept[key]
        self._kept[key].users += 1
        return self._kept[key]

    async def give_back(self, kept: _Kept) -> None:
        kept.users -= 1
        if not kept.users and kept not in self._kept.values():
            await kept.session.close()

    async def close(self) -> None:
        for kept in self._kept.values():
            await kept.session.close()
        self._kept.clear()

    async def _tidy(self, key: Hashable) -> None:
        known = self._kept.get(key)
        gone = [key] if known is not None and known.is_old else []
        if len(self._kept) >= MOST:
            gone = [name for name, kept in self._kept.items() if not kept.users or name in gone]
        for name in gone:
            kept = self._kept.pop(name)
            if not kept.users:
                await kept.session.close()


_sessions: ContextVar[_Sessions | None] = ContextVar("kept_sessions", default=None)


@asynccontextmanager
async def kept_sessions() -> AsyncIterator[None]:
    """Keep sessions for the tasks that begin inside of the block; all are closed at its end."""
    sessions = _Sessions()
    token = _sessions.set(sessions)
    try:
        yield
    finally:
        _sessions.reset(token)
        await sessions.close()


@asynccontextmanager
async def session(key: Hashable, open_session: Open) -> AsyncIterator[aiohttp.ClientSession]:
    """A session for the length of the block: a kept one, or one that ends with it.

    `key` says where it leads and with which headers: equal keys share connections.
    """
    sessions = _sessions.get()
    if sessions is None:
        async with await open_session() as own:
            yield own
        return
    kept = await sessions.take(key, open_session)
    try:
        yield kept.session
    finally:
        await sessions.give_back(kept)

"""/ws/events/?after=<seq>: the journal for programs, one event a frame, without gaps or repeats."""

import asyncio
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from django.db import DatabaseError

from events import types
from events.reading import read_after
from live import access
from live.batch import Batch
from live.ephemeral import Whisper
from live.hub import DATABASE_AWAY, hub
from live.sockets import NONSENSE, NOT_LOGGED_IN, TRY_LATER, Closed, Socket
from live.threads import in_thread

_ENDS_TOKENS = frozenset({types.API_TOKEN_REVOKED, types.MEMBER_CHANGED, types.MEMBER_REMOVED})


class EventFeed(Socket):
    """Replays the journal after `after`, then goes on live; without `after`, live only.

    A slow reader is never cut off: it falls behind the hub and reads from PostgreSQL.
    """

    language = ""
    topics: frozenset[str] = frozenset()

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        super().__init__(scope, receive, send)
        self._token: tuple[UUID, UUID] | None = None
        self._cursor = self._newest = 0
        self._batch: Batch | None = None
        self._more = asyncio.Event()
        self._check_token = False

    async def arrive(self) -> None:
        """Refuse with HTTP 403 unless the token may read the journal."""
        after = self._after()
        scheme, _, secret = self.header(b"authorization").partition(" ")
        try:
            self._token = await in_thread(
                access.workspace_of_token, secret.strip() if scheme.lower() == "bearer" else ""
            )
            if self._token is None:
                raise Closed(NOT_LOGGED_IN)
            self._newest = await hub().join(self._token[0], self)
        except (DatabaseError, *DATABASE_AWAY):
            raise Closed(TRY_LATER) from None
        self._cursor = self._newest if after is None else after
        await self.accept()

    async def work(self) -> None:
        assert self._token is not None
        workspace_id = self._token[0]
        while True:
            batch, self._batch = self._batch, None
            if self._check_token:
                await self._recheck()
            if batch is not None and batch.after <= self._cursor < batch.seq:
                await self._tell(batch)
            elif self._cursor < self._newest:
                await self._replay(workspace_id)
            else:
                await self._more.wait()
                self._more.clear()

    async def depart(self) -> None:
        if self._token is not None:
            await hub().leave(self._token[0], self)

    def offer(self, batch: Batch) -> None:
        self._batch, self._newest = batch, batch.seq
        self._check_token = self._check_token or not _ENDS_TOKENS.isdisjoint(batch.actions)
        self._more.set()

    def whisper(self, whisper: Whisper) -> None:
        """Not for programs."""

    def beat(self, seq: int) -> None:
        self._check_token = True
        self._more.set()

    def _after(self) -> int | None:
        asked = parse_qs(self.scope["query_string"].decode("latin-1")).get("after")
        if not asked:
            return None
        if not asked[0].isascii() or not asked[0].isdigit() or len(asked[0]) > 18:
            raise Closed(NONSENSE)
        return int(asked[0])

    async def _tell(self, batch: Batch) -> None:
        for event in batch.events:
            if event.seq > self._cursor:
                await self.send(event.as_public())
                self._cursor = event.seq

    async def _replay(self, workspace_id: UUID) -> None:
        try:
            events = await read_after(workspace_id, self._cursor)
        except DATABASE_AWAY:
            raise Closed(TRY_LATER) from None
        for event in events:
            await self.send(event.as_public())
            self._cursor = event.seq

    async def _recheck(self) -> None:
        assert self._token is not None
        self._check_token = False
        try:
            reads = await in_thread(access.token_reads, *self._token)
        except DatabaseError:
            raise Closed(TRY_LATER) from None
        if not reads:
            raise Closed(NOT_LOGGED_IN)

"""The sockets of visitors: /ws/chat/<widget key>/.

The first frame is `hello` with the visitor's token and, after a break, the cursor up to which the
page was told. Everything after that comes from the journal, so nothing is missed and nothing
depends on this process staying alive.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from django.db import DatabaseError

from events import types
from events.models import Event
from inbox.letterbox import Unavailable
from live import ephemeral
from live.batch import Batch
from live.ephemeral import Whisper
from live.hub import DATABASE_AWAY, hub
from live.sockets import NONSENSE, TOO_MANY, TOO_SLOW, TRY_LATER, Closed, Socket
from live.threads import in_thread
from livechat import cursors, history, limits, owners, presence, tokens, visits
from livechat.envelopes import Visitor
from livechat.history import ABOUT_MESSAGES, ABOUT_READING, Page
from livechat.visits import Visit
from livechat.widgets import Widget, find_widget

UNKNOWN_VISITOR: Final = 4401
NO_WIDGET: Final = 4404
HELLO_WITHIN: Final = 10.0  # seconds
QUEUE: Final = 256
MOST_OF_ONE_ADDRESS: Final = 50  # offices share one

_AWAY: Final = (*DATABASE_AWAY, DatabaseError, Unavailable)
_open: Counter[str] = Counter()


@dataclass(frozen=True, slots=True)
class _Hint:
    """Somebody has come or gone; the time is the loop's own, the same for all that heard it."""

    at: float


_Item = Batch | _Hint | dict[str, Any] | int


class VisitorSocket(Socket):
    """One open page with the widget."""

    language = "en"
    topics: frozenset[str] = frozenset()

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        super().__init__(scope, receive, send)
        self.widget: Widget
        self.visit: Visit | None = None
        self._greeted = asyncio.Event()
        self._queue: asyncio.Queue[_Item] = asyncio.Queue(QUEUE)
        self._told_read: str | None = None
        self._told_online: bool | None = None
        self._joined = False
        client = scope.get("client") or ("", 0)
        self._address = limits.client_address(str(client[0]), self.header(b"x-forwarded-for"))

    async def arrive(self) -> None:
        """Accept the pages of a widget that is switched on."""
        _open[self._address] += 1  # `depart` counts down, also after a refusal
        # The chat page is a frame on our own domain, whoever's page it is shown in.
        if not self.comes_from_our_pages():
            raise Closed(UNKNOWN_VISITOR)
        try:
            widget = await in_thread(find_widget, self.scope["url_route"]["kwargs"]["key"])
        except DatabaseError:
            raise Closed(TRY_LATER) from None
        await self.accept()
        if widget is None:
            raise Closed(NO_WIDGET)
        if _open[self._address] > MOST_OF_ONE_ADDRESS:
            raise Closed(TOO_MANY)
        self.widget = widget

    async def depart(self) -> None:
        _open[self._address] -= 1
        if not _open[self._address]:
            del _open[self._address]
        if self._joined:
            await hub().leave(self.widget.workspace_id, self)

    async def hear(self, message: dict[str, Any]) -> None:
        """hello first, then what `Visit` knows."""
        try:
            if self.visit is not None:
                for frame in await self.visit.hear(message):
                    await self.send(frame)
            elif message.get("type") == "hello":
                await self._greet(message)
            else:
                raise Closed(NONSENSE)
        except _AWAY:
            # Nothing was promised: the page keeps what it said and comes back with it.
            raise Closed(TRY_LATER) from None

    async def work(self) -> None:
        """Tell what the hub hands over, in its order."""
        try:
            async with asyncio.timeout(HELLO_WITHIN):
                await self._greeted.wait()
        except TimeoutError:
            raise Closed(UNKNOWN_VISITOR) from None
        assert self.visit is not None
        try:
            while True:
                item = await self._queue.get()
                if isinstance(item, Batch):
                    await self._tell(item, self.visit)
                elif isinstance(item, int):
                    await self.send({"type": "heartbeat", "cursor": cursors.seal(item)})
                    await self._tell_online()
                elif isinstance(item, _Hint):
                    await self._tell_online(item.at)
                else:
                    await self.send(item)
        except _AWAY:
            raise Closed(TRY_LATER) from None

    def offer(self, batch: Batch) -> None:
        self._put(batch)
        if types.MEMBER_CAME_ONLINE in batch.actions:
            self._put(_Hint(monotonic()))

    def beat(self, seq: int) -> None:
        self._put(seq)

    def whisper(self, whisper: Whisper) -> None:
        if whisper.kind == ephemeral.PRESENCE:
            self._put(_Hint(monotonic()))
        elif self._is_agent_typing(whisper):
            name = history.first_name(str(whisper.data["who"].get("name") or ""))
            self._put({"type": "typing", "name": name})

    async def _greet(self, message: dict[str, Any]) -> None:
        found = tokens.read(message.get("token"), self.widget.channel.pk)
        if found is None:
            raise Closed(UNKNOWN_VISITOR)
        visit = Visit(self.widget, Visitor(found.visitor_id), self._address)
        visit.introduce(message)
        self._joined = True
        seq = await hub().join(self.widget.workspace_id, self)
        since = cursors.unseal(message.get("cursor"))
        page = await visit.begin(since if since is not None and since <= seq else None)
        online = await presence.is_online(self.widget)
        self.visit, self._told_read, self._told_online = visit, page.read, online
        if found.is_due:
            token = tokens.issue(self.widget.channel.pk, found.visitor_id)
            await self.send({"type": "token", "token": token})
        await self.send(visits.hello(page, seq, online))
        self._greeted.set()

    async def _tell(self, batch: Batch, visit: Visit) -> None:
        await self._notice(batch)
        if visit.thread is None:
            if await self._is_mine(batch):
                page = await visit.begin(None)
                await self._tell_page(page, batch.seq)
            return
        mine = [event for event in batch.events if event.conversation_id == visit.thread.id]
        ids = {event.subject_id for event in mine if event.action in ABOUT_MESSAGES}
        if ids or any(event.action in ABOUT_READING for event in mine):
            page = await in_thread(
                history.changed, self.widget, visit.visitor.id, visit.thread, ids
            )
            await self._tell_page(page, batch.seq)

    async def _tell_page(self, page: Page, seq: int) -> None:
        if page.messages or page.gone or page.read != self._told_read:
            self._told_read = page.read
            await self.send(visits.news(page, seq))

    async def _is_mine(self, batch: Batch) -> bool:
        """Whether the visitor's own conversation begins in this batch, from whichever tab."""
        assert self.visit is not None
        for event in batch.events:
            if event.conversation_id and self._is_arrival(event, batch):
                whose = await owners.owner(self.widget, event.conversation_id)
                if whose == str(self.visit.visitor.id):
                    return True
        return False

    def _is_arrival(self, event: Event, batch: Batch) -> bool:
        audience = batch.audiences[event.seq]
        return (
            event.action in {types.CONVERSATION_CREATED, types.MESSAGE_RECEIVED}
            and audience is not None
            and audience.channel == self.widget.channel.pk
        )

    async def _notice(self, batch: Batch) -> None:
        """The widget may have been switched off."""
        about_us = any(
            event.action == types.CHANNEL_STATUS_CHANGED
            and event.subject_id == self.widget.channel.pk
            for event in batch.events
        )
        if about_us and await in_thread(find_widget, self.widget.key) is None:
            raise Closed(NO_WIDGET)

    async def _tell_online(self, not_before: float = 0.0) -> None:
        online = await presence.is_online(self.widget, not_before)
        if online != self._told_online:
            self._told_online = online
            await self.send({"type": "online", "online": online})

    def _is_agent_typing(self, whisper: Whisper) -> bool:
        if self.visit is None or self.visit.thread is None or whisper.kind != ephemeral.TYPING:
            return False
        who: Any = whisper.data.get("who")
        return (
            whisper.conversation_id == self.visit.thread.id
            and isinstance(who, dict)
            and who.get("type") == "member"
            and not whisper.data.get("internal")
        )

    def _put(self, item: _Item) -> None:
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            self.end(TOO_SLOW)

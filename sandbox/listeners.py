"""Pages that hear what happens, as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from typing import Any, Protocol

from aiohttp import web

PING_SECONDS = 15

News = dict[str, Any]


class Account(Protocol):
    """What pages listen to: a bot, a community, a number, known by its token."""

    token: str


class Listeners:
    """The pages of all accounts of one stand-in."""

    def __init__(self) -> None:
        # Whether there is something that is not on the disk yet.
        self.changed = False
        self._listeners: dict[str, set[asyncio.Queue[News | None]]] = defaultdict(set)

    def tell(self, account: Account, event: str, **facts: Any) -> None:
        """Tell the pages that something happened in a chat."""
        self.changed = True
        for queue in self._listeners[account.token]:
            queue.put_nowait({"event": event, **facts})

    def let_pages_go(self) -> None:
        """End the streams of the pages, so that the server can stop."""
        for listeners in self._listeners.values():
            for queue in listeners:
                queue.put_nowait(None)

    async def stream(self, request: web.Request, account: Account) -> web.StreamResponse:
        """News of one account for a page, until it goes or we do."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        queue: asyncio.Queue[News | None] = asyncio.Queue()
        # Before the page learns that it is heard: it asks for the state when it does.
        self._listeners[account.token].add(queue)
        try:
            await response.prepare(request)
            await response.write(b": hello\n\n")
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), PING_SECONDS)
                except TimeoutError:
                    # Also the way to learn that the page has gone.
                    await response.write(b": ping\n\n")
                    continue
                if event is None:
                    break
                await response.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        except ConnectionResetError:
            pass  # the page has gone
        finally:
            self._listeners[account.token].discard(queue)
        return response

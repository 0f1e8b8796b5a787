"""The way of events to the servers of the Callback API.

A server is confirmed first: it must answer with the community's code. Then each event is posted
until the answer is exactly `ok`; a failure is repeated after growing delays, with a counter in
`X-Retry-Counter`. Events of one chat go in order here, which VK does not promise.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from .world import Community, World

MOST_SERVERS = 10
ANSWER_SECONDS = 10
SHUFFLE_SECONDS = 0.4
CONFIRMATIONS = 3

Event = dict[str, Any]


@dataclass
class Server:
    """An address of the Callback API; delays in seconds."""

    id: int
    url: str
    title: str
    secret_key: str = ""
    status: str = "unconfigured"
    events: list[str] = field(default_factory=list)
    confirmations: int = 0
    pending: dict[str, tuple[Event, str]] = field(default_factory=dict)

    def shown(self, creator_id: int) -> dict[str, Any]:
        """As groups.getCallbackServers tells it."""
        return {
            "id": self.id,
            "title": self.title,
            "creator_id": creator_id,
            "url": self.url,
            "secret_key": self.secret_key,
            "status": self.status,
        }


class Courier:
    """Delivers the events of one community."""

    def __init__(self, community: Community, world: World) -> None:
        self.servers: dict[int, Server] = {}
        self.retry_base = 1.0
        self.retry_cap = 60.0
        self._community = community
        self._world = world
        self._queues: dict[tuple[int, str], deque[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def push(self, event: Event, key: str) -> None:
        """A new event, for the servers that asked for its kind."""
        for server in self.servers.values():
            if event["type"] in server.events:
                server.pending[event["event_id"]] = (event, key)
                if server.status == "ok":
                    self._start(server, event["event_id"], key)

    def confirm(self, server: Server) -> None:
        """Ask the server for the code, then deliver what has waited."""
        server.status = "wait"
        server.confirmations += 1
        self._run(self._confirm(server, server.confirmations))

    def resume(self) -> None:
        """Deliver what is pending, after a start."""
        for server in self.servers.values():
            self._deliver_pending(server)

    async def stop(self) -> None:
        """Stop delivering; what was not taken stays pending."""
        tasks, self._tasks = list(self._tasks), set()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._queues.clear()

    def _deliver_pending(self, server: Server) -> None:
        if server.status == "ok":
            for event_id, (_event, key) in list(server.pending.items()):
                self._start(server, event_id, key)

    def _start(self, server: Server, event_id: str, key: str) -> None:
        if self._community.faults.shuffle:
            self._run(self._shuffled(server, event_id))
            return
        queue = self._queues.get((server.id, key))
        if queue is not None:
            if event_id not in queue:
                queue.append(event_id)
            return
        self._queues[server.id, key] = deque([event_id])
        self._run(self._in_order(server, key))

    def _run(self, coroutine: Any) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _confirm(self, server: Server, number: int) -> None:
        event = {"type": "confirmation", "group_id": self._community.id}
        for attempt in range(CONFIRMATIONS):
            if attempt:
                await asyncio.sleep(self.retry_base)
            if server.confirmations != number:
                return
            extra = {"event_id": secrets.token_hex(20), "v": "5.199"}
            _status, body = await self._post(server, {**event, **extra}, attempt)
            if body == self._community.code and server.confirmations == number:
                server.status = "ok"
                self._deliver_pending(server)
                return
        if server.confirmations == number:
            server.status = "failed"

    async def _in_order(self, server: Server, key: str) -> None:
        queue = self._queues[server.id, key]
        while queue:
            await self._deliver(server, queue[0])
            queue.popleft()
        self._queues.pop((server.id, key), None)

    async def _shuffled(self, server: Server, event_id: str) -> None:
        await asyncio.sleep(random.uniform(0, SHUFFLE_SECONDS))
        await self._deliver(server, event_id)

    async def _deliver(self, server: Server, event_id: str) -> None:
        attempt = 0
        while event_id in server.pending and server.id in self.servers:
            event, _key = server.pending[event_id]
            status, body = await self._post(server, event, attempt)
            if status == 200 and body == "ok":
                if self._community.faults.deliver_twice:
                    await self._post(server, event, attempt + 1)
                server.pending.pop(event_id, None)
                return
            await asyncio.sleep(min(self.retry_base * 2 ** min(attempt, 20), self.retry_cap))
            attempt += 1

    async def _post(self, server: Server, event: Event, attempt: int) -> tuple[int, str]:
        """(HTTP status, body); 0 when nobody answered."""
        assert self._world.session is not None
        body = {**event, **({"secret": server.secret_key} if server.secret_key else {})}
        headers = {"Content-Type": "application/json"}
        if attempt:
            headers["X-Retry-Counter"] = str(attempt)
        try:
            async with self._world.session.post(
                server.url,
                data=json.dumps(body, ensure_ascii=False).encode(),
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
                allow_redirects=False,
            ) as response:
                status, answer = response.status, await response.text()
        except (aiohttp.ClientError, TimeoutError, OSError):
            status, answer = 0, ""
        self._world.journal.write(
            "delivery",
            group=self._community.id,
            event=event["type"],
            event_id=event["event_id"],
            attempt=attempt + 1,
            status=status,
        )
        return status, answer

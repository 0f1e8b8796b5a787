"""The way of events to the servers of the Callback API.

A server is confirmed first: it must answer with the community's code. Then each event is posted
until the answer is exactly `ok`; a failure is repeated after growing delays, with a counter in
`X-Retry-Counter`. Events of one chat go in order here, which VK does not promise.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.courier import Courier as BaseCourier
from sandbox.courier import post

if TYPE_CHECKING:
    from .world import Community, World

MOST_SERVERS = 10
ANSWER_SECONDS = 10
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


class Courier(BaseCourier[tuple[Server, str]]):
    """Delivers the events of one community: each by its server and its id."""

    def __init__(self, community: Community, world: World) -> None:
        super().__init__()
        self.servers: dict[int, Server] = {}
        self._community = community
        self._world = world

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
        self.run(self._confirm(server, server.confirmations))

    def resume(self) -> None:
        """Deliver what is pending, after a start."""
        for server in self.servers.values():
            self._deliver_pending(server)

    def _deliver_pending(self, server: Server) -> None:
        if server.status == "ok":
            for event_id, (_event, key) in list(server.pending.items()):
                self._start(server, event_id, key)

    def _start(self, server: Server, event_id: str, key: str) -> None:
        self.start((server, event_id), (server.id, key), shuffled=self._community.faults.shuffle)

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

    async def deliver(self, item: tuple[Server, str]) -> None:
        """Post an event until the answer is `ok` or the server is taken away."""
        server, event_id = item
        attempt = 0
        while event_id in server.pending and server.id in self.servers:
            event, _key = server.pending[event_id]
            status, body = await self._post(server, event, attempt)
            if status == 200 and body == "ok":
                if self._community.faults.deliver_twice:
                    await self._post(server, event, attempt + 1)
                server.pending.pop(event_id, None)
                return
            await self.rest(attempt)
            attempt += 1

    async def _post(self, server: Server, event: Event, attempt: int) -> tuple[int, str]:
        """(HTTP status, body); 0 when nobody answered."""
        body = {**event, **({"secret": server.secret_key} if server.secret_key else {})}
        headers = {"Content-Type": "application/json"}
        if attempt:
            headers["X-Retry-Counter"] = str(attempt)
        status, answer = await post(
            self._world.session,
            server.url,
            json.dumps(body, ensure_ascii=False).encode(),
            headers,
            seconds=ANSWER_SECONDS,
        )
        self._world.journal.write(
            "delivery",
            group=self._community.id,
            event=event["type"],
            event_id=event["event_id"],
            attempt=attempt + 1,
            status=status,
        )
        return status, answer

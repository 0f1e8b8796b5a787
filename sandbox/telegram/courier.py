"""The way of updates to the bot's program: by webhook, or kept until they are asked for.

The rules are those of the official server: updates of one chat go in order and one at a time, up to
`max_connections` chats at once; a failure is retried at once, then after delays that double up to a
cap; `Retry-After` is obeyed. What was not taken stays pending.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp

from sandbox.courier import Courier as BaseCourier

if TYPE_CHECKING:
    from .world import Bot, World

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
ANSWER_SECONDS = 60
LONGEST_RETRY_AFTER = 3600


@dataclass
class Webhook:
    """Where updates go; an empty url = nowhere, they are polled. Delays are in seconds."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    allowed_updates: list[str] = field(default_factory=list)
    last_error_date: int = 0
    last_error_message: str = ""
    retry_base: float = 1.0
    retry_cap: float = 60.0

    def wants(self, kind: str) -> bool:
        """Whether the bot's program asked for this kind of update."""
        return kind in self.allowed_updates if self.allowed_updates else kind not in NOT_BY_DEFAULT


@dataclass
class Update:
    """One update, ready to go. Updates with one `key` keep their order."""

    id: int
    kind: str
    key: str
    body: dict[str, Any]

    @property
    def full(self) -> dict[str, Any]:
        """The Bot API's `Update`."""
        return {"update_id": self.id, self.kind: self.body}


class Courier(BaseCourier[Update]):
    """Delivers the updates of one bot."""

    def __init__(self, bot: Bot, world: World) -> None:
        super().__init__()
        self.webhook = Webhook()
        self.pending: dict[int, Update] = {}
        self.arrived = asyncio.Event()
        self._bot = bot
        self._world = world
        self._places = asyncio.Semaphore(self.webhook.max_connections)

    def push(self, kind: str, body: dict[str, Any], key: str) -> Update | None:
        """A new update; None when the bot did not ask for its kind."""
        if not self.webhook.wants(kind):
            return None
        update = self.number(kind, body, key)
        self.pending[update.id] = update
        self.arrived.set()
        if self.webhook.url:
            self.start(update, update.key, shuffled=self._bot.faults.shuffle)
        return update

    def number(self, kind: str, body: dict[str, Any], key: str) -> Update:
        """An update with the next id, not yet pending."""
        self._bot.last_update_id += 1
        return Update(self._bot.last_update_id, kind, key, body)

    def resume(self) -> None:
        """Deliver what is pending, after a start or a new webhook."""
        self._places = asyncio.Semaphore(self.webhook.max_connections)
        if self.webhook.url:
            for update in self.pending.values():
                self.start(update, update.key)

    async def deliver(self, item: Update) -> None:
        """Post an update until it is taken or the webhook is taken back."""
        update, failures = item, 0
        while update.id in self.pending:
            async with self._places:
                wait = await self.attempt(update, failures + 1)
                if wait is None and self._bot.faults.deliver_twice:
                    await self.attempt(update, failures + 2)
            if wait is None:
                self.pending.pop(update.id, None)
                return
            failures += 1
            if failures > 1 or wait:
                growing = self.webhook.retry_base * 2 ** min(failures - 2, 20)
                await asyncio.sleep(wait or min(growing, self.webhook.retry_cap))

    async def attempt(self, update: Update, number: int = 1) -> float | None:
        """Post once. None = taken; else the seconds that the other side asks to wait, or 0."""
        assert self._world.session is not None
        webhook, wait = self.webhook, 0.0
        try:
            async with self._world.session.post(
                webhook.url,
                data=json.dumps(update.full, ensure_ascii=False).encode(),
                headers={
                    "Content-Type": "application/json",
                    "X-Telegram-Bot-Api-Secret-Token": webhook.secret,
                },
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
                allow_redirects=False,
            ) as response:
                await response.read()
                status = response.status
                if 200 <= status < 300:
                    problem = ""
                else:
                    problem = f"Wrong response from the webhook: {status} {response.reason}"
                    with contextlib.suppress(ValueError):
                        wait = float(response.headers.get("Retry-After") or 0)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            status, problem = 0, f"Connection failed: {type(error).__name__}"
        self._world.journal.write(
            "delivery", bot=self._bot.id, update_id=update.id, attempt=number, status=status
        )
        if not problem:
            return None
        webhook.last_error_date, webhook.last_error_message = int(time.time()), problem
        return min(wait, LONGEST_RETRY_AFTER)

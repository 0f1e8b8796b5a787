"""The way of updates to the addresses that are subscribed.

Each update is posted until the answer is 200; a failure is repeated after growing delays. Updates
of one chat go in order here, which MAX does not promise.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from .world import Bot, World

ANSWER_SECONDS = 30
SHUFFLE_SECONDS = 0.4

Update = dict[str, Any]


@dataclass
class Subscription:
    """An address with its secret; `update_types` None = all. `time` in milliseconds."""

    url: str
    secret: str
    update_types: list[str] | None
    time: int
    version: str | None = None
    last: int = 0
    pending: dict[str, tuple[Update, str]] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """As GET /subscriptions tells it."""
        return {
            "url": self.url,
            "time": self.time,
            "update_types": self.update_types,
            "version": self.version,
        }


class Courier:
    """Delivers the updates of one bot."""

    def __init__(self, bot: Bot, world: World) -> None:
        self.subscriptions: dict[str, Subscription] = {}
        self.retry_base = 1.0
        self.retry_cap = 60.0
        self._bot = bot
        self._world = world
        self._queues: dict[tuple[str, str], deque[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def push(self, update: Update, key: str) -> None:
        """A new update, for those who asked for its type. Those of one `key` keep their order."""
        for subscription in self.subscriptions.values():
            types = subscription.update_types
            if types is None or update["update_type"] in types:
                subscription.last += 1
                number = str(subscription.last)
                subscription.pending[number] = (update, key)
                self._start(subscription, number, key)

    def resume(self) -> None:
        """Deliver what is pending, after a start."""
        for subscription in self.subscriptions.values():
            for number, (_update, key) in list(subscription.pending.items()):
                self._start(subscription, number, key)

    async def stop(self) -> None:
        """Stop delivering; what was not taken stays pending."""
        tasks, self._tasks = list(self._tasks), set()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._queues.clear()

    def _start(self, subscription: Subscription, number: str, key: str) -> None:
        if self._bot.faults.shuffle:
            self._run(self._shuffled(subscription, number))
            return
        queue = self._queues.get((subscription.url, key))
        if queue is not None:
            queue.append(number)
            return
        self._queues[subscription.url, key] = deque([number])
        self._run(self._in_order(subscription, key))

    def _run(self, coroutine: Any) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _in_order(self, subscription: Subscription, key: str) -> None:
        queue = self._queues[subscription.url, key]
        while queue:
            await self._deliver(subscription, queue[0])
            queue.popleft()
        self._queues.pop((subscription.url, key), None)

    async def _shuffled(self, subscription: Subscription, number: str) -> None:
        await asyncio.sleep(random.uniform(0, SHUFFLE_SECONDS))
        await self._deliver(subscription, number)

    async def _deliver(self, subscription: Subscription, number: str) -> None:
        attempt = 0
        while number in subscription.pending:
            if self.subscriptions.get(subscription.url) is None:
                return
            update, _key = subscription.pending[number]
            if await self._post(subscription, update, attempt) == 200:
                if self._bot.faults.deliver_twice:
                    await self._post(subscription, update, attempt + 1)
                subscription.pending.pop(number, None)
                return
            await asyncio.sleep(min(self.retry_base * 2 ** min(attempt, 20), self.retry_cap))
            attempt += 1

    async def _post(self, subscription: Subscription, update: Update, attempt: int) -> int:
        """The HTTP status; 0 when nobody answered."""
        assert self._world.session is not None
        # The secret may have been changed since.
        known = self.subscriptions.get(subscription.url, subscription)
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if known.secret:
            headers["X-Max-Bot-Api-Secret"] = known.secret
        try:
            async with self._world.session.post(
                subscription.url,
                data=json.dumps(update, ensure_ascii=False).encode(),
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
                allow_redirects=False,
            ) as response:
                status = response.status
                await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            status = 0
        self._world.journal.write(
            "delivery",
            bot=self._bot.id,
            update_type=update["update_type"],
            attempt=attempt + 1,
            status=status,
        )
        return status

"""The way of news to our webhooks, as far as it is alike on all platforms.

News of one lane (a chat) go one after another, lanes side by side. What is not taken is posted
again after delays that double up to a cap.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Coroutine, Hashable
from typing import Any, Generic, TypeVar

import aiohttp

SHUFFLE_SECONDS = 0.4

Item = TypeVar("Item")


class Courier(Generic[Item]):
    """Delivers the news of one account. Delays are in seconds."""

    def __init__(self) -> None:
        self.retry_base = 1.0
        self.retry_cap = 60.0
        self._lanes: dict[Hashable, deque[Item]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def resume(self) -> None:
        """Deliver what is pending, after a start."""
        raise NotImplementedError

    async def deliver(self, item: Item) -> None:
        """Post until it is taken or nobody wants it any more."""
        raise NotImplementedError

    def start(self, item: Item, lane: Hashable, *, shuffled: bool = False) -> None:
        """Send something on its way: behind what is in its lane, or any time soon."""
        if shuffled:
            self.run(self._shuffled(item))
            return
        queue = self._lanes.get(lane)
        if queue is not None:
            if item not in queue:
                queue.append(item)
            return
        self._lanes[lane] = deque([item])
        self.run(self._in_order(lane))

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Do something beside, until the sandbox stops."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Stop delivering; what was not taken stays pending."""
        tasks, self._tasks = list(self._tasks), set()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._lanes.clear()

    async def rest(self, failures: int) -> None:
        """Wait after so many failures, the first of them 0."""
        await asyncio.sleep(min(self.retry_base * 2 ** min(failures, 20), self.retry_cap))

    async def _in_order(self, lane: Hashable) -> None:
        queue = self._lanes[lane]
        while queue:
            await self.deliver(queue[0])
            queue.popleft()
        self._lanes.pop(lane, None)

    async def _shuffled(self, item: Item) -> None:
        await asyncio.sleep(random.uniform(0, SHUFFLE_SECONDS))
        await self.deliver(item)


async def post(
    session: aiohttp.ClientSession | None,
    url: str,
    body: bytes,
    headers: dict[str, str],
    *,
    seconds: float,
) -> tuple[int, str]:
    """(HTTP status, body) of the answer; (0, "") when nobody answered in time."""
    assert session is not None
    try:
        async with session.post(
            url,
            data=body,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=seconds),
            allow_redirects=False,
        ) as response:
            return response.status, await response.text(errors="replace")
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return 0, ""

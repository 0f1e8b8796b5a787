"""The poller's process: sees to it that every polled channel has its reader."""

import asyncio
import logging
import signal
from typing import Final

from core.postgresql.connections import close_async_pool
from inbox.letterbox import Unavailable, pokes
from inbox.letterbox.pokes import Place
from inbox.poller import leases
from inbox.poller.reader import Reader

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
STOP_SECONDS: Final = 2.0


class Poller:
    """Starts and ends readers as channels come and go."""

    def __init__(self) -> None:
        self._tasks: dict[Place, asyncio.Task[None]] = {}
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End soon."""
        self._stopping.set()

    async def run(self) -> None:
        """Read until stopped."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        while not self._stopping.is_set():
            await self._look()
            await self._sleep(LOOK_SECONDS)
        await self._end(list(self._tasks))
        await pokes.settle()
        await close_async_pool()

    async def _look(self) -> None:
        try:
            wanted = await leases.polled()
        except Unavailable:
            return
        except Exception:
            logger.exception("The channels could not be listed.")
            return
        await self._end([place for place in self._tasks if place not in wanted])
        for place in wanted - set(self._tasks):
            self._tasks[place] = asyncio.create_task(Reader(place).run())

    async def _end(self, places: list[Place]) -> None:
        tasks = [self._tasks.pop(place) for place in places]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_SECONDS)

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

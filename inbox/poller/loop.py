"""The poller's process: reads its share of the polled channels, a task for each."""

import asyncio
import logging
import signal
from typing import Final
from uuid import uuid4

from core.postgresql.connections import close_async_pool
from inbox.letterbox import Unavailable, pokes
from inbox.letterbox.pokes import Place
from inbox.poller import leases, peers
from inbox.poller.reader import Reader

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
STOP_SECONDS: Final = 2.0
# Given up at once for a poller that has just come; the rest at the next looks.
MOST_GIVEN_UP: Final = 50


class Poller:
    """Starts and ends readers as channels and other pollers come and go."""

    def __init__(self) -> None:
        self.token = uuid4()
        self._tasks: dict[Place, asyncio.Task[None]] = {}
        self._stopping = asyncio.Event()

    @property
    def places(self) -> set[Place]:
        """The channels that are read here."""
        return set(self._tasks)

    def stop(self) -> None:
        """End soon."""
        self._stopping.set()

    async def run(self) -> None:
        """Read until stopped."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        while not self._stopping.is_set():
            await self.look()
            await self._sleep(LOOK_SECONDS)
        await peers.leave(self.token)
        await self._end(list(self._tasks))
        await pokes.settle()
        await close_async_pool()

    async def look(self) -> None:
        """Keep what is read here, take up to a fair share of what nobody reads, give up the rest.

        One that dies keeps its channels until their leases end; then they are free for all.
        """
        try:
            total = len(await leases.polled())
            share = -(-total // await peers.count(self.token))
            await self._give_up(len(self._tasks) - share)
            held = await leases.hold(self.token, share)
        except Unavailable:
            return
        except Exception:
            logger.exception("The channels could not be listed.")
            return
        await self._end([place for place in self._tasks if place not in held])
        for place in held - set(self._tasks):
            self._tasks[place] = asyncio.create_task(Reader(place, self.token).run())

    async def _give_up(self, excess: int) -> None:
        if excess > 0:
            await self._end(list(self._tasks)[-min(excess, MOST_GIVEN_UP) :])

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

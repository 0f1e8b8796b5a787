"""Reading one channel: take it, ask, store, note the cursor, ask again."""

import asyncio
import logging
import random
from contextlib import suppress
from typing import Final
from uuid import UUID, uuid4

from channels_connectors.errors import ConnectorError
from inbox import letterbox
from inbox.letterbox.pokes import Place
from inbox.poller import health, leases
from inbox.poller.leases import Turn

logger = logging.getLogger(__name__)

# A platform holds the question for half a minute when there is no news.
POLL_SECONDS: Final = 90.0
TAKEN_SECONDS: Final = 2.0
# For a platform that answers at once that there is nothing.
IDLE_SECONDS: Final = 0.1
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
# So many failures in a row are told to the admin.
TELL_AFTER: Final = 3


class _Letter:
    """What the letterbox needs to know of the channel."""

    def __init__(self, place: Place) -> None:
        self.workspace_id, self.id = place


class Reader:
    """One polled channel's reading, until it is cancelled. Whose token it is renews the lease while
    the platform keeps us waiting; see `inbox.poller.loop`."""

    def __init__(self, place: Place, token: UUID | None = None) -> None:
        self.place = place
        self.token = token or uuid4()
        self.failures = 0

    async def run(self) -> None:
        """Read for ever. Survives the platform's and our database's troubles."""
        try:
            while True:
                pause = await self._step()
                await asyncio.sleep(pause)
        finally:
            with suppress(letterbox.Unavailable):
                await leases.release(self.place, self.token)

    async def _step(self) -> float:
        """One question to the platform; returns the seconds to wait before the next."""
        try:
            turn = await leases.take(self.place, self.token)
            if turn is None:
                return TAKEN_SECONDS
            found = await self._read(turn)
        except ConnectorError as error:
            return await self._failed(error)
        except (letterbox.Unavailable, TimeoutError):
            return self._pause()
        except Exception:
            logger.exception("Channel %s cannot be read.", self.place[1])
            return self._pause()
        return 0.0 if found else IDLE_SECONDS

    async def _read(self, turn: Turn) -> bool:
        async with asyncio.timeout(POLL_SECONDS):
            result = await turn.connector.poll(turn.cursor)
        letter = _Letter(self.place)
        await asyncio.gather(*(letterbox.post(letter, *it) for it in result.envelopes))
        # Not before everything is stored: the next question confirms it.
        if result.cursor != turn.cursor:
            await leases.save_cursor(self.place, self.token, result.cursor)
        self.failures = 0
        if turn.status == "connecting":
            await health.works(self.place)
        return bool(result.envelopes)

    async def _failed(self, error: ConnectorError) -> float:
        logger.info("Channel %s was not read: %s", self.place[1], error)
        if error.error_class == "channel_auth":
            await health.is_broken(self.place, error)
            # One that is paused stays in our hands; its next check tells the admin.
            return max(TAKEN_SECONDS, self._pause())
        pause = self._pause()
        if self.failures >= TELL_AFTER:
            await health.is_in_trouble(self.place, error)
        return max(pause, error.retry_after or 0.0)

    def _pause(self) -> float:
        self.failures += 1
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self.failures - 1, 10))
        return random.uniform(longest / 2, longest)

"""PostgreSQL for the letterbox: quick to say that it is not there."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import PoolClosed, PoolTimeout

from core.postgresql.connections import async_pool

logger = logging.getLogger(__name__)

SECONDS: Final = 3.0
# After a failure nobody waits again for this long: one caller a second finds out.
PAUSE: Final = 1.0

_away_until: WeakKeyDictionary[asyncio.AbstractEventLoop, float] = WeakKeyDictionary()
_checks: set[asyncio.Task[None]] = set()


class Unavailable(Exception):
    """The database does not answer: nothing was stored, deliver again later."""


@asynccontextmanager
async def session() -> AsyncIterator[AsyncConnection[Any]]:
    """An autocommit connection for at most SECONDS.

    Raises `Unavailable` when PostgreSQL is away, stuck or full.
    """
    loop = asyncio.get_running_loop()
    if monotonic() < _away_until.get(loop, 0.0):
        raise Unavailable
    try:
        async with asyncio.timeout(SECONDS):
            pool = await async_pool()
            async with pool.connection(timeout=SECONDS) as connection:
                yield connection
    except (
        PoolTimeout,
        PoolClosed,
        TimeoutError,
        psycopg.OperationalError,
        psycopg.InterfaceError,
    ) as error:
        _away_until[loop] = monotonic() + PAUSE
        logger.warning("The database does not answer: %s", error)
        check = asyncio.create_task(_drop_broken())
        _checks.add(check)
        check.add_done_callback(_checks.discard)
        raise Unavailable from error


async def _drop_broken() -> None:
    """After a restart every idle connection is dead; let not each of them cost a caller."""
    with suppress(psycopg.Error, PoolTimeout, PoolClosed, TimeoutError):
        async with asyncio.timeout(SECONDS):
            await (await async_pool()).check()

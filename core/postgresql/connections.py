"""Raw psycopg connections for the code that may not wait for the ORM.

They run as APP_ROLE under row-level security, in autocommit: open a transaction and set
`app.workspace_id` in it (see `SET_WORKSPACE`) before touching a tenant table.
"""

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connections
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from core.postgresql.roles import APP_ROLE

SET_WORKSPACE = "select set_config('app.workspace_id', %s, true)"

_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncConnectionPool[AsyncConnection[Any]]] = (
    WeakKeyDictionary()
)


def share_connections() -> None:
    """Let Django's threads in this process share a few connections; call it before the first.

    For the web process and the worker: their threads come and go, and Celery lets go of the
    connection around each task, so that a thread's own would never be used again.
    """
    database = connections.settings["default"]
    database["CONN_MAX_AGE"] = 0
    database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 16, "timeout": 5}


def connection_parameters() -> dict[str, Any]:
    """Keyword arguments for `psycopg.connect` and its async twin."""
    database: dict[str, Any] = settings.DATABASES["default"]
    parameters = {
        "dbname": database["NAME"],
        "user": database.get("USER"),
        "password": database.get("PASSWORD"),
        "host": database.get("HOST"),
        "port": database.get("PORT"),
    }
    passed_on = {
        key: value
        for key, value in database.get("OPTIONS", {}).items()
        if key.startswith("ssl") or key in {"connect_timeout", "service"}
    }
    return {
        **{key: str(value) for key, value in parameters.items() if value},
        **passed_on,
        "options": f"-c role={APP_ROLE} -c timezone=UTC",
        "autocommit": True,
    }


async def async_pool() -> AsyncConnectionPool[AsyncConnection[Any]]:
    """This event loop's pool of autocommit connections, opened on first use."""
    loop = asyncio.get_running_loop()
    pool = _pools.get(loop)
    if pool is None:
        pool = AsyncConnectionPool(
            kwargs={**connection_parameters(), "prepare_threshold": 2},
            min_size=1,
            max_size=settings.ASYNC_POOL_SIZE,
            timeout=10,
            open=False,
        )
        _pools[loop] = pool
        await pool.open()
    return pool


async def close_async_pool() -> None:
    """Close this event loop's pool, if it has one."""
    pool = _pools.pop(asyncio.get_running_loop(), None)
    if pool is not None:
        await pool.close()

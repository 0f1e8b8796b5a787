"""Where live code may use the ORM: a few threads of its own, each call with its own connection."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
T = TypeVar("T")

WORKERS = 4

_threads = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="live")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that blocks. It starts with no workspace in scope."""
    return await asyncio.get_running_loop().run_in_executor(
        _threads, lambda: _with_connection(function, *args, **kwargs)
    )


def _with_connection(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return function(*args, **kwargs)
    finally:
        # Gives it back to the pool, where the process has one.
        connection.close()

"""The end of a test in an event loop: nothing of it may be at work when the database is emptied."""

import asyncio
import threading
from pathlib import Path

from django.conf import settings

from core.postgresql.connections import close_async_pool
from core.redis import async_client
from live import threads

TESTS = str(Path(settings.BASE_DIR) / "tests")
LIBRARIES = str(Path(settings.BASE_DIR) / ".venv")


async def go_quiet():
    """Cancel the product's tasks, wait for its threads, give back its connections."""
    ours = [task for task in asyncio.all_tasks() if is_ours(task)]
    for task in ours:
        task.cancel()
    await asyncio.gather(*ours, return_exceptions=True)
    everyone = threading.Barrier(threads.WORKERS)
    await asyncio.gather(
        *(threads.in_thread(everyone.wait) for _ in range(threads.WORKERS)),
    )
    await close_async_pool()
    await async_client().aclose()


def is_ours(task):
    """Whether the task runs a coroutine of the product."""
    code = getattr(task.get_coro(), "cr_code", None)
    file = code.co_filename if code else ""
    return file.startswith(str(settings.BASE_DIR)) and not file.startswith((TESTS, LIBRARIES))

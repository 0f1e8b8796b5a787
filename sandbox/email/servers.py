"""The two servers, as long as the sandbox runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from aiohttp import web

from . import imap, smtp
from .world import EMAIL_WORLD, World

Serve = Callable[[World, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
SAVE_SECONDS = 2
# Letters come in lines, and a literal is read whole.
LONGEST_LINE = 1024 * 1024


async def running(application: web.Application) -> AsyncIterator[None]:
    """IMAP and SMTP on loopback: SANDBOX_IMAP_PORT and SANDBOX_SMTP_PORT, else any free ports."""
    world = application[EMAIL_WORLD]
    world.load()
    imap_server = await _start(world, imap.serve, os.environ.get("SANDBOX_IMAP_PORT"))
    smtp_server = await _start(world, smtp.serve, os.environ.get("SANDBOX_SMTP_PORT"))
    world.imap_port = imap_server.sockets[0].getsockname()[1]
    world.smtp_port = smtp_server.sockets[0].getsockname()[1]
    saver = asyncio.create_task(_save_for_ever(world))
    yield
    saver.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await saver
    imap_server.close()
    smtp_server.close()
    world.save()


async def _start(world: World, serve: Serve, port: str | None) -> asyncio.Server:
    wanted = partial(asyncio.start_server, partial(serve, world), "127.0.0.1", limit=LONGEST_LINE)
    try:
        return await wanted(port=int(port or 0))
    except OSError:
        return await wanted(port=0)  # somebody has that port; the page tells the true one


async def _save_for_ever(world: World) -> None:
    saved: object = None
    while True:
        await asyncio.sleep(SAVE_SECONDS)
        if (now := world.mark()) != saved:
            world.save()
            saved = now

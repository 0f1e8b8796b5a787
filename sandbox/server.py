"""One HTTP server for all stand-ins, their journal and the phone page."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from .journal import Journal, journal_routes
from .page.views import page_routes
from .telegram import storage
from .telegram.control import control_routes
from .telegram.gateway import gateway_routes
from .telegram.world import WORLD, World

# Telegram takes uploads of 50 MB; the rest of a form comes on top.
MAX_BODY = 64 * 1024 * 1024


def make_application(folder: Path | None = None) -> web.Application:
    """The application. With a `folder`, chats and the journal outlive a restart."""
    application = web.Application(client_max_size=MAX_BODY)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    application[WORLD] = World(Journal(folder and folder / "journal.jsonl"), folder)
    application.add_routes(journal_routes(application[WORLD].journal))
    application.add_routes(gateway_routes)
    application.add_routes(control_routes)
    application.add_routes(page_routes)
    application.on_shutdown.append(_let_pages_go)
    application.cleanup_ctx.append(_running)
    return application


async def _running(application: web.Application) -> AsyncIterator[None]:
    world = application[WORLD]
    storage.load(world)
    await world.start()
    saver = asyncio.create_task(storage.save_for_ever(world))
    yield
    saver.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await saver
    await world.stop()
    storage.save(world)


async def _let_pages_go(application: web.Application) -> None:
    application[WORLD].let_pages_go()

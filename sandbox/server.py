"""One HTTP server for all stand-ins, their journal and the phone page."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from .api.control import control_routes as api_control_routes
from .api.gateway import gateway_routes as api_gateway_routes
from .api.world import API_WORLD
from .api.world import World as ApiWorld
from .email import servers as email_servers
from .email.control import email_control_routes
from .email.world import EMAIL_WORLD
from .email.world import World as EmailWorld
from .journal import Journal, journal_routes
from .max import storage as max_storage
from .max.control import control_routes as max_control_routes
from .max.gateway import gateway_routes as max_gateway_routes
from .max.world import MAX_WORLD
from .max.world import World as MaxWorld
from .page.views import page_routes
from .telegram import storage
from .telegram.control import control_routes
from .telegram.gateway import gateway_routes
from .telegram.world import WORLD, World
from .vk import storage as vk_storage
from .vk.control import control_routes as vk_control_routes
from .vk.gateway import gateway_routes as vk_gateway_routes
from .vk.world import VK_WORLD
from .vk.world import World as VkWorld
from .whatsapp import storage as whatsapp_storage
from .whatsapp.control import control_routes as whatsapp_control_routes
from .whatsapp.gateway import gateway_routes as whatsapp_gateway_routes
from .whatsapp.world import WHATSAPP_WORLD
from .whatsapp.world import World as WhatsAppWorld

# VK takes uploads of 200 MB; the rest of a form comes on top.
MAX_BODY = 216 * 1024 * 1024
SAVE_SECONDS = 2


def make_application(folder: Path | None = None) -> web.Application:
    """The application. With a `folder`, chats and the journal outlive a restart."""
    application = web.Application(client_max_size=MAX_BODY)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    journal = Journal(folder and folder / "journal.jsonl")
    application[WORLD] = World(journal, folder)
    application[VK_WORLD] = VkWorld(journal, folder)
    application[MAX_WORLD] = MaxWorld(journal, folder)
    application[WHATSAPP_WORLD] = WhatsAppWorld(journal, folder)
    application[API_WORLD] = ApiWorld(journal, folder)
    application[EMAIL_WORLD] = EmailWorld(journal, folder)
    application.add_routes(journal_routes(journal))
    application.add_routes(gateway_routes)
    application.add_routes(control_routes)
    application.add_routes(vk_gateway_routes)
    application.add_routes(vk_control_routes)
    application.add_routes(max_gateway_routes)
    application.add_routes(max_control_routes)
    application.add_routes(whatsapp_gateway_routes)
    application.add_routes(whatsapp_control_routes)
    application.add_routes(api_gateway_routes)
    application.add_routes(api_control_routes)
    application.add_routes(email_control_routes)
    application.add_routes(page_routes)
    application.on_shutdown.append(_let_pages_go)
    application.cleanup_ctx.append(_running)
    application.cleanup_ctx.append(email_servers.running)
    return application


async def _running(application: web.Application) -> AsyncIterator[None]:
    world, vk_world = application[WORLD], application[VK_WORLD]
    max_world, whatsapp_world = application[MAX_WORLD], application[WHATSAPP_WORLD]
    storage.load(world)
    vk_storage.load(vk_world)
    max_storage.load(max_world)
    whatsapp_storage.load(whatsapp_world)
    await world.start()
    await vk_world.start()
    await max_world.start()
    await whatsapp_world.start()
    await application[API_WORLD].start()
    savers = [
        asyncio.create_task(storage.save_for_ever(world)),
        asyncio.create_task(_save_for_ever(vk_world, vk_storage.save)),
        asyncio.create_task(_save_for_ever(max_world, max_storage.save)),
        asyncio.create_task(_save_for_ever(whatsapp_world, whatsapp_storage.save)),
    ]
    yield
    for saver in savers:
        saver.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await saver
    await whatsapp_world.stop()
    whatsapp_storage.save(whatsapp_world)
    await max_world.stop()
    max_storage.save(max_world)
    await application[API_WORLD].stop()
    await vk_world.stop()
    vk_storage.save(vk_world)
    await world.stop()
    storage.save(world)


async def _save_for_ever(world: Any, save: Callable[[Any], None]) -> None:
    while True:
        await asyncio.sleep(SAVE_SECONDS)
        if world.changed:
            save(world)


async def _let_pages_go(application: web.Application) -> None:
    application[WORLD].let_pages_go()
    application[VK_WORLD].let_pages_go()
    application[MAX_WORLD].let_pages_go()
    application[WHATSAPP_WORLD].let_pages_go()
    application[API_WORLD].let_pages_go()

"""One HTTP server for all stand-ins, their journal and the phone page."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import web

from .api.control import control_routes as api_control_routes
from .api.gateway import gateway_routes as api_gateway_routes
from .api.world import API_WORLD
from .api.world import World as ApiWorld
from .email import servers as email_servers
from .email.control import email_control_routes
from .email.oauth import oauth_routes
from .email.world import EMAIL_WORLD
from .email.world import World as EmailWorld
from .journal import Journal, journal_routes
from .listeners import Listeners
from .max.control import control_routes as max_control_routes
from .max.gateway import gateway_routes as max_gateway_routes
from .max.storage import memory as max_memory
from .max.world import MAX_WORLD
from .max.world import World as MaxWorld
from .memory import Memory
from .page.views import page_routes
from .telegram.control import control_routes
from .telegram.gateway import gateway_routes
from .telegram.storage import memory
from .telegram.world import WORLD, World
from .vk.control import control_routes as vk_control_routes
from .vk.gateway import gateway_routes as vk_gateway_routes
from .vk.storage import memory as vk_memory
from .vk.world import VK_WORLD
from .vk.world import World as VkWorld
from .whatsapp.control import control_routes as whatsapp_control_routes
from .whatsapp.gateway import gateway_routes as whatsapp_gateway_routes
from .whatsapp.storage import memory as whatsapp_memory
from .whatsapp.world import WHATSAPP_WORLD
from .whatsapp.world import World as WhatsAppWorld
from .worlds import BaseWorld

# VK takes uploads of 200 MB; the rest of a form comes on top.
MAX_BODY = 216 * 1024 * 1024


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
    application.add_routes(oauth_routes)
    application.add_routes(page_routes)
    application.on_shutdown.append(_let_pages_go)
    application.cleanup_ctx.append(_running)
    application.cleanup_ctx.append(email_servers.running)
    return application


async def _running(application: web.Application) -> AsyncIterator[None]:
    remembered: list[tuple[BaseWorld, Memory[Any]]] = [
        (application[WORLD], memory),
        (application[VK_WORLD], vk_memory),
        (application[MAX_WORLD], max_memory),
        (application[WHATSAPP_WORLD], whatsapp_memory),
    ]
    for world, kept in remembered:
        kept.load(world)
        await world.start()
    await application[API_WORLD].start()
    savers = [asyncio.create_task(kept.save_for_ever(world)) for world, kept in remembered]
    yield
    for saver in savers:
        saver.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await saver
    await application[API_WORLD].stop()
    for world, kept in remembered:
        await world.stop()
        kept.save(world)
    application[WORLD].journal.close()


async def _let_pages_go(application: web.Application) -> None:
    for key in (WORLD, VK_WORLD, MAX_WORLD, WHATSAPP_WORLD, API_WORLD):
        listeners: Listeners = application[key]
        listeners.let_pages_go()

"""The control API, for tests and for the phone page: `/telegram/<token>/control/...`.

Parameters come as JSON or as a form; answers are JSON; mistakes answer like the Bot API.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from sandbox.control import Control

from . import bulk, business, customers, groups
from .contents import read, store
from .faults import Fault
from .gateway import find_bot
from .parameters import Parameters
from .refusals import bad_request
from .world import WORLD, Bot, Chat, World

_running: set[asyncio.Task[None]] = set()


def _found(request: web.Request) -> tuple[World, Bot]:
    world = request.app[WORLD]
    return world, find_bot(world, request.match_info["token"])


control = Control("telegram", _found)
control_routes = control.routes
_deed = control.deed
control.faults(Fault)


# What people do.
_deed("messages")(customers.say)
_deed("edits")(customers.edit)
_deed("presses")(customers.press)
_deed("blocks")(customers.block)
_deed("reactions")(customers.react)
_deed("updates")(customers.inject)
_deed("ages")(customers.age)
_deed("business")(business.connect)
_deed("deletions")(business.delete)
_deed("groups")(groups.create)
_deed("topics")(groups.open_topic)
_deed("migrations")(groups.migrate)


@_deed("state", "GET")
def state(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """The bot as a page or a test wants to see it; `chat` limits the messages to one chat,
    `connection` to the chats of one business account, "" to the bot's own."""
    wanted = parameters.integer("chat", 0)
    connection = parameters.text("connection")
    webhook = bot.courier.webhook
    return {
        "id": bot.id,
        "username": bot.username,
        "webhook": {"url": webhook.url, "last_error": webhook.last_error_message},
        "pending": len(bot.courier.pending),
        "faults": bot.faults.shown(),
        "connections": list(bot.connections.values()),
        "groups": [
            {**chat.info, "topics": chat.topics}
            for chat in bot.chats.values()
            if chat.info["type"] != "private" and chat.moved_to is None
        ],
        "chats": [
            _shown(chat)
            for chat in (*bot.chats.values(), *bot.business_chats.values())
            if wanted in (0, chat.id)
            and ("connection" not in parameters.values or connection == chat.connection)
        ],
    }


def _shown(chat: Chat) -> dict[str, Any]:
    return {
        "chat": chat.info,
        "connection": chat.connection,
        "blocked": chat.blocked,
        "moved_to": chat.moved_to,
        "keyboard": chat.keyboard,
        "read_up_to": chat.read_up_to,
        "topics": chat.topics,
        "reactions": {number: chat.emojis(number) for number in chat.reactions},
        "messages": list(chat.messages.values()),
    }


@_deed("server")
def server(world: World, bot: Bot, parameters: Parameters) -> None:
    """Play a server of one's own: `local`, and `shares_files` with its client."""
    bot.is_local = parameters.boolean("local")
    bot.shares_files = parameters.boolean("shares_files")


@_deed("people")
def people(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """A new or changed person: `first_name`, `last_name?`, `username?`, `id?`, `bio?`."""
    person_id = parameters.integer("id", max(world.people, default=610_000) + 1)
    known = world.people.setdefault(person_id, {"id": person_id})
    for name in ("first_name", "last_name", "username", "bio", "language_code"):
        if value := parameters.text(name):
            known[name] = value
    known.setdefault("first_name", f"Customer {person_id}")
    if (upload := parameters.uploads.get("avatar")) is not None:
        known["avatar"] = store(world, "photo", upload).file_id
    world.changed = True
    return world.person(person_id)


@_deed("webhook")
def webhook(world: World, bot: Bot, parameters: Parameters) -> None:
    """How long failed deliveries wait: `retry_base`, `retry_cap`, seconds."""
    for name in ("retry_base", "retry_cap"):
        if value := parameters.text(name):
            setattr(bot.courier.webhook, name, float(value))


@_deed("bulk")
async def flood(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """Many messages, see `bulk.prepare`; over `connections` (8) at once. With `wait` answers when
    all are delivered; the state can be asked for meanwhile either way."""
    flooding, updates = bulk.prepare(world, bot, parameters)
    bot.flood = flooding
    connections = parameters.integer("connections", 8)
    task = asyncio.create_task(bulk.run(bot, flooding, updates, connections))
    _running.add(task)
    task.add_done_callback(_running.discard)
    if parameters.boolean("wait"):
        await task
    return flooding.shown(ledger=True)


@_deed("bulk", "GET")
def flooded(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """How far the last flood is."""
    if bot.flood is None:
        raise bad_request("no bulk was started")
    return bot.flood.shown(ledger=parameters.boolean("ledger"))


@control_routes.get("/telegram/bots")
async def bots(request: web.Request) -> web.Response:
    """All bots and people. Tokens are shown: they are good for nothing but this stand-in."""
    world = request.app[WORLD]
    known = [
        {"id": bot.id, "token": bot.token, "username": bot.username, "name": bot.name}
        for bot in world.bots.values()
    ]
    shown = [person for person in world.people.values() if person["id"] < bulk.FIRST_CUSTOMER]
    return web.json_response({"bots": known, "people": shown})


@control_routes.get("/telegram/{token}/files/{file_id}")
async def file(request: web.Request) -> web.Response:
    """A file as the page shows it."""
    world = request.app[WORLD]
    known = world.files.get(request.match_info["file_id"])
    if known is None:
        raise web.HTTPNotFound
    safe = known.mime.startswith(("image/", "audio/", "video/")) and "svg" not in known.mime
    return web.Response(
        body=read(world, known),
        content_type=known.mime.split(";")[0] if safe else "application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff"},
    )

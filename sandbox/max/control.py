"""The control API, for tests and for the phone page: `/max/<token>/control/...`.

Parameters come as JSON or as a form; answers are `{ok, result}` or `{ok: false, description}`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import Refusal, bad_request

from . import customers
from . import refusals as max_refusals
from .faults import KINDS, Fault
from .gateway import find_bot
from .world import MAX_WORLD, Bot, World

Deed = Callable[[World, Bot, Parameters], Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

control_routes = web.RouteTableDef()
PING_SECONDS = 15
_PREFIX = "/max/{token}/control"


def _found(request: web.Request) -> tuple[World, Bot]:
    world = request.app[MAX_WORLD]
    try:
        return world, find_bot(world, request.match_info["token"])
    except max_refusals.Refusal as refusal:
        raise bad_request(refusal.message) from None


def _deed(path: str, verb: str = "POST") -> Callable[[Deed], Deed]:
    def register(deed: Deed) -> Deed:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                world, bot = _found(request)
                parameters = await Parameters.of(request)
                parameters.values["base"] = f"{request.scheme}://{request.host}"
                result = deed(world, bot, parameters)
            except Refusal as refusal:
                return web.json_response(refusal.body(), status=refusal.code)
            return web.json_response({"ok": True, "result": result})

        control_routes.route(verb, f"{_PREFIX}/{path}")(handle)
        return deed

    return register


# What people do.
_deed("messages")(customers.say)
_deed("contacts")(customers.share_contact)
_deed("edits")(customers.edit)
_deed("removals")(customers.remove)
_deed("presses")(customers.press)
_deed("starts")(customers.start)
_deed("stops")(customers.stop)
_deed("mutes")(customers.mute)
_deed("updates")(customers.inject)


@_deed("state", "GET")
def state(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """The bot as a page or a test wants to see it; `person` limits to one dialog."""
    person = parameters.integer("person", 0)
    return {
        "id": bot.id,
        "name": bot.name,
        "username": bot.username,
        "subscriptions": [
            {**subscription.shown(), "pending": len(subscription.pending)}
            for subscription in bot.courier.subscriptions.values()
        ],
        "waiting": len(bot.longpoll.waiting),
        "presses": bot.presses,
        "faults": bot.faults.shown(),
        "chats": [
            {
                "chat_id": chat.chat_id,
                "type": chat.kind,
                "user_id": chat.user_id,
                "status": chat.status,
                "messages": list(chat.messages.values()),
            }
            for chat in bot.chats.values()
            if person in (0, chat.user_id)
        ],
    }


@_deed("people")
def people(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """A new or changed person: `first_name`, `last_name?`, `username?`, `id?`, `description?`."""
    user_id = parameters.integer("id", max(world.people, default=810_000) + 1)
    known = world.people.setdefault(user_id, {"user_id": user_id})
    for name in ("first_name", "last_name", "username", "description", "locale"):
        if value := parameters.text(name):
            known[name] = value
    known.setdefault("first_name", f"Customer {user_id}")
    if (upload := parameters.uploads.get("avatar")) is not None:
        file = world.store("image", upload.name, upload.mime, upload.data)
        known["avatar"] = f"{parameters.text('base')}{file.path}"
    world.changed = True
    return known


@_deed("settings")
def settings(world: World, bot: Bot, parameters: Parameters) -> None:
    """`name`; `keeps_rates`, `echoes`; the seconds that files are processed for, and the delays of
    failed deliveries."""
    bot.name = parameters.text("name", bot.name)
    for name in ("keeps_rates", "echoes"):
        if name in parameters.values:
            setattr(bot, name, parameters.boolean(name))
    if value := parameters.text("processing_seconds"):
        bot.processing_seconds = float(value)
    for name in ("retry_base", "retry_cap"):
        if value := parameters.text(name):
            setattr(bot.courier, name, float(value))
    world.changed = True


@_deed("ages")
def age(world: World, bot: Bot, parameters: Parameters) -> None:
    """Make the message `mid` older by `seconds`."""
    mid = parameters.required("mid")
    for chat in bot.chats.values():
        if mid in chat.messages:
            chat.messages[mid]["timestamp"] -= parameters.integer("seconds") * 1000


@_deed("faults")
def switch(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """Add a fault of calls (`kind` and the fields of `Fault`; count null = until cleared), or set
    what happens to updates: `deliver_twice`, `shuffle`."""
    faults = bot.faults
    for name in ("deliver_twice", "shuffle"):
        if name in parameters.values:
            setattr(faults, name, parameters.boolean(name))
    if kind := parameters.text("kind"):
        if kind not in KINDS:
            raise bad_request(f"kind is one of {', '.join(KINDS)}")
        endless = parameters.values.get("count", 1) in (None, "", "null")
        fault = Fault(kind, None if endless else parameters.integer("count", 1))
        for name in ("methods", "chat_id", "code", "message", "retry_after"):
            setattr(fault, name, parameters.text(name, getattr(fault, name)))
        fault.status = parameters.integer("status", fault.status)
        fault.seconds = float(parameters.text("seconds", str(fault.seconds)))
        faults.calls.append(fault)
    world.tell(bot, "faults", faults=faults.shown())
    return faults.shown()


@_deed("faults", "DELETE")
def clear(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """All well again."""
    bot.faults.clear()
    world.tell(bot, "faults", faults=bot.faults.shown())
    return bot.faults.shown()


@control_routes.get("/max/bots")
async def bots(request: web.Request) -> web.Response:
    """All bots and people. Tokens are shown: they are good for nothing but this stand-in."""
    world = request.app[MAX_WORLD]
    known = [{"id": one.id, "token": one.token, "name": one.name} for one in world.bots.values()]
    return web.json_response({"bots": known, "people": list(world.people.values())})


@control_routes.get(f"{_PREFIX}/events")
async def events(request: web.Request) -> web.StreamResponse:
    """What happens in the bot's chats, as server-sent events."""
    try:
        world, bot = _found(request)
    except Refusal as refusal:
        return web.json_response(refusal.body(), status=refusal.code)
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    await response.write(b": hello\n\n")
    queue = world.listen(bot.token)
    try:
        while True:
            try:
                event = await asyncio.wait_for(queue.get(), PING_SECONDS)
            except TimeoutError:
                # Also the way to learn that the page has gone.
                await response.write(b": ping\n\n")
                continue
            if event is None:
                break
            await response.write(b"data: " + json.dumps(event).encode() + b"\n\n")
    finally:
        world.unlisten(bot.token, queue)
    return response

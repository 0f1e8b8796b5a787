"""The control API, for tests and for the phone page: `/max/<token>/control/...`.

Parameters come as JSON or as a form; answers are `{ok, result}` or `{ok: false, description}`.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox.control import Control
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request

from . import customers
from . import refusals as max_refusals
from .faults import Fault
from .gateway import find_bot
from .world import MAX_WORLD, Bot, World


def _found(request: web.Request) -> tuple[World, Bot]:
    world = request.app[MAX_WORLD]
    try:
        return world, find_bot(world, request.match_info["token"])
    except max_refusals.Refusal as refusal:
        raise bad_request(refusal.message) from None


control = Control("max", _found)
control_routes = control.routes
_deed = control.deed
control.faults(Fault)

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


@control_routes.get("/max/bots")
async def bots(request: web.Request) -> web.Response:
    """All bots and people. Tokens are shown: they are good for nothing but this stand-in."""
    world = request.app[MAX_WORLD]
    known = [{"id": one.id, "token": one.token, "name": one.name} for one in world.bots.values()]
    return web.json_response({"bots": known, "people": list(world.people.values())})

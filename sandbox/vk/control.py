"""The control API, for tests and for the phone page: `/vk/<token>/control/...`.

Parameters come as JSON or as a form; answers are `{ok, result}` or `{ok: false, description}`.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox.control import Control
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request

from . import customers
from . import refusals as vk_refusals
from .faults import Fault
from .gateway import find_community
from .world import VK_WORLD, Community, World


def _found(request: web.Request) -> tuple[World, Community]:
    world = request.app[VK_WORLD]
    try:
        return world, find_community(world, request.match_info["token"])
    except vk_refusals.Refusal as refusal:
        raise bad_request(refusal.words) from None


control = Control("vk", _found)
control_routes = control.routes
_deed = control.deed
control.faults(Fault)

# What people do.
_deed("messages")(customers.say)
_deed("edits")(customers.edit)
_deed("answers")(customers.answer)
_deed("presses")(customers.press)
_deed("reactions")(customers.react)
_deed("reads")(customers.read)
_deed("typing")(customers.type_)
_deed("permissions")(customers.permit)
_deed("events")(customers.inject)


@_deed("state", "GET")
def state(world: World, community: Community, parameters: Parameters) -> dict[str, Any]:
    """The community as a page or a test wants to see it; `chat` limits to one chat."""
    wanted = parameters.integer("chat", 0)
    return {
        "id": community.id,
        "name": community.name,
        "code": community.code,
        "rights": community.rights,
        "servers": [
            {**server.shown(1), "secret_key": "", "pending": len(server.pending)}
            for server in community.courier.servers.values()
        ],
        "longpoll": community.longpoll.enabled,
        "presses": community.presses,
        "faults": community.faults.shown(),
        "chats": [
            {
                "peer_id": chat.peer_id,
                "allowed": chat.allowed,
                "read": chat.read,
                "messages": list(chat.messages.values()),
            }
            for chat in community.chats.values()
            if wanted in (0, chat.peer_id)
        ],
    }


@_deed("people")
def people(world: World, community: Community, parameters: Parameters) -> dict[str, Any]:
    """A new or changed person: `first_name`, `last_name?`, `screen_name?`, `id?`, `status?`."""
    person_id = parameters.integer("id", max(world.people, default=710_000) + 1)
    known = world.people.setdefault(person_id, {"id": person_id})
    for name in ("first_name", "last_name", "screen_name", "status", "city"):
        if value := parameters.text(name):
            known[name] = value
    known.setdefault("first_name", f"Customer {person_id}")
    if (upload := parameters.uploads.get("avatar")) is not None:
        file = world.store(person_id, "photo", upload.name, upload.mime, upload.data)
        known["avatar"] = file.path
    world.changed = True
    return known


@_deed("settings")
def settings(world: World, community: Community, parameters: Parameters) -> None:
    """`name`, the token's `rights`, and the delays of failed deliveries, in seconds."""
    community.name = parameters.text("name", community.name)
    if (rights := parameters.structure("rights")) is not None:
        community.rights = list(rights)
    for name in ("retry_base", "retry_cap"):
        if value := parameters.text(name):
            setattr(community.courier, name, float(value))
    world.changed = True


@_deed("longpoll")
def longpoll(world: World, community: Community, parameters: Parameters) -> None:
    """Break the long poll: `forget` its events (`failed` 1) or take a `new_key` (`failed` 2)."""
    if parameters.boolean("forget"):
        community.longpoll.forget()
    if parameters.boolean("new_key"):
        community.longpoll.new_key()
    if parameters.boolean("restart"):
        # As if it had counted from the beginning again (`failed` 3).
        community.longpoll.next = 1
        community.longpoll.forget()


@control_routes.get("/vk/communities")
async def communities(request: web.Request) -> web.Response:
    """All communities and people. Tokens are shown: they are good for nothing but this stand-in."""
    world = request.app[VK_WORLD]
    known = [
        {"id": one.id, "token": one.token, "name": one.name} for one in world.communities.values()
    ]
    return web.json_response({"communities": known, "people": list(world.people.values())})

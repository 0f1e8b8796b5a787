"""The control API, for tests and for the phone page: `/vk/<token>/control/...`.

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
from . import refusals as vk_refusals
from .faults import KINDS, Fault
from .gateway import find_community
from .world import VK_WORLD, Community, World

Deed = Callable[[World, Community, Parameters], Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

control_routes = web.RouteTableDef()
PING_SECONDS = 15
_PREFIX = "/vk/{token}/control"


def _found(request: web.Request) -> tuple[World, Community]:
    world = request.app[VK_WORLD]
    try:
        return world, find_community(world, request.match_info["token"])
    except vk_refusals.Refusal as refusal:
        raise bad_request(refusal.words) from None


def _deed(path: str, verb: str = "POST") -> Callable[[Deed], Deed]:
    def register(deed: Deed) -> Deed:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                world, community = _found(request)
                parameters = await Parameters.of(request)
                parameters.values["base"] = f"{request.scheme}://{request.host}"
                result = deed(world, community, parameters)
            except Refusal as refusal:
                return web.json_response(refusal.body(), status=refusal.code)
            return web.json_response({"ok": True, "result": result})

        control_routes.route(verb, f"{_PREFIX}/{path}")(handle)
        return deed

    return register


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


@_deed("faults")
def switch(world: World, community: Community, parameters: Parameters) -> dict[str, Any]:
    """Add a fault of calls (`kind` and the fields of `Fault`; count null = until cleared), or set
    what happens to events: `deliver_twice`, `shuffle`."""
    faults = community.faults
    for name in ("deliver_twice", "shuffle"):
        if name in parameters.values:
            setattr(faults, name, parameters.boolean(name))
    if kind := parameters.text("kind"):
        if kind not in KINDS:
            raise bad_request(f"kind is one of {', '.join(KINDS)}")
        endless = parameters.values.get("count", 1) in (None, "", "null")
        fault = Fault(kind, None if endless else parameters.integer("count", 1))
        fault.peer_id = parameters.text("peer_id")
        fault.methods = parameters.text("methods", fault.methods)
        fault.code = parameters.integer("code", 0)
        fault.seconds = float(parameters.text("seconds", str(fault.seconds)))
        faults.calls.append(fault)
    world.tell(community, "faults", faults=faults.shown())
    return faults.shown()


@_deed("faults", "DELETE")
def clear(world: World, community: Community, parameters: Parameters) -> dict[str, Any]:
    """All well again."""
    community.faults.clear()
    world.tell(community, "faults", faults=community.faults.shown())
    return community.faults.shown()


@control_routes.get("/vk/communities")
async def communities(request: web.Request) -> web.Response:
    """All communities and people. Tokens are shown: they are good for nothing but this stand-in."""
    world = request.app[VK_WORLD]
    known = [
        {"id": one.id, "token": one.token, "name": one.name} for one in world.communities.values()
    ]
    return web.json_response({"communities": known, "people": list(world.people.values())})


@control_routes.get(f"{_PREFIX}/events")
async def events(request: web.Request) -> web.StreamResponse:
    """What happens in the community's chats, as server-sent events."""
    try:
        world, community = _found(request)
    except Refusal as refusal:
        return web.json_response(refusal.body(), status=refusal.code)
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    await response.write(b": hello\n\n")
    queue = world.listen(community.token)
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
        world.unlisten(community.token, queue)
    return response

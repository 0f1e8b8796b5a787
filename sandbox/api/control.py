"""The other system's customers, and its switches: `/api-channel/<name>/control/...`."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Any

from aiohttp import web

from sandbox.bodies import bad_request, read_json, read_object

from . import signing
from .world import API_WORLD, KINDS, Fault, Fields, System, World

control_routes = web.RouteTableDef()
_PREFIX = "/api-channel/{name}/control"


def _found(request: web.Request) -> tuple[World, System]:
    world = request.app[API_WORLD]
    return world, world.system(request.match_info["name"])


@control_routes.get("/api-channel/systems")
async def systems(request: web.Request) -> web.Response:
    """All of them. Their secrets are shown: they are good for nothing but a sandbox."""
    known = request.app[API_WORLD].systems.values()
    return web.json_response([_shown(system) for system in known])


@control_routes.get(f"{_PREFIX}/state")
async def state(request: web.Request) -> web.Response:
    """One of them, with its chats and what it was told."""
    _world, system = _found(request)
    chats = {chat: list(messages.values()) for chat, messages in system.chats.items()}
    faults = [asdict(fault) for fault in system.faults]
    facts = {"chats": chats, "events": system.events, "faults": faults}
    return web.json_response({**_shown(system), **facts})


@control_routes.post(f"{_PREFIX}/settings")
async def settings(request: web.Request) -> web.Response:
    """`secret` and `hook`, as Tandem's channel page shows them."""
    world, system = _found(request)
    given = await read_object(request)
    system.secret = str(given.get("secret", system.secret)).strip()
    system.hook = str(given.get("hook", system.hook)).strip()
    world.tell(system, "settings")
    return web.json_response(_shown(system))


@control_routes.post(f"{_PREFIX}/messages")
async def messages(request: web.Request) -> web.Response:
    """A customer writes: `{chat, name?, text?, ...}` and whatever else a message has."""
    world, system = _found(request)
    given: Fields = await read_object(request)
    if not given.get("chat"):
        raise bad_request("chat is empty")
    chat, name = str(given.pop("chat")), given.pop("name", "")
    item = {
        "type": "message",
        "id": f"{system.name}-{system.number()}",
        "chat": chat,
        "from": {"id": chat, "name": name},
        "sent_at": time.time(),
        **given,
    }
    system.chats.setdefault(chat, {})[item["id"]] = item
    world.tell(system, "message")
    return web.json_response({**await _post(world, system, item), "item": item})


@control_routes.post(f"{_PREFIX}/items")
async def items(request: web.Request) -> web.Response:
    """Items of any content, signed and posted as they are."""
    world, system = _found(request)
    return web.json_response(await _post(world, system, await read_json(request)))


@control_routes.post(f"{_PREFIX}/faults")
async def faults(request: web.Request) -> web.Response:
    """Trouble for the next events: see `Fault`."""
    world, system = _found(request)
    given = await read_object(request)
    if given.get("kind") not in KINDS:
        raise web.HTTPBadRequest(text=f"kind is one of {', '.join(KINDS)}")
    try:
        system.faults.append(Fault(**given))
    except TypeError as error:
        raise bad_request(str(error)) from None
    world.tell(system, "faults")
    return web.json_response([asdict(fault) for fault in system.faults])


@control_routes.delete(f"{_PREFIX}/faults")
async def heal(request: web.Request) -> web.Response:
    """All well again."""
    world, system = _found(request)
    system.faults = []
    world.tell(system, "faults")
    return web.json_response([])


@control_routes.get(f"{_PREFIX}/events")
async def events(request: web.Request) -> web.StreamResponse:
    """What happens, as server-sent events."""
    world, system = _found(request)
    return await world.stream(request, system)


def _shown(system: System) -> dict[str, Any]:
    return {"name": system.name, "secret": system.secret, "hook": system.hook}


async def _post(world: World, system: System, content: Any) -> dict[str, Any]:
    """Post to Tandem; its status and answer, 0 when nobody answered."""
    if not system.hook or world.session is None:
        return {"status": 0, "answer": None}
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", **signing.headers_for(system.secret, body)}
    status, answer = 0, ""
    try:
        async with world.session.post(system.hook, data=body, headers=headers) as response:
            status, answer = response.status, await response.text()
    except (TimeoutError, OSError, ValueError):
        pass
    world.journal.write("delivery", system=system.name, status=status)
    try:
        told = json.loads(answer)
    except ValueError:
        told = None
    return {"status": status, "answer": told}

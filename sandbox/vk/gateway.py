"""VK's addresses: methods, upload servers, long poll, files."""

from __future__ import annotations

import asyncio
import io
import json
import time
from typing import Any

from aiohttp import web
from PIL import Image

from . import execute
from .faults import NOTHING_DONE, Fault, refuse
from .methods import METHODS
from .parameters import Parameters
from .refusals import Refusal
from .world import VK_WORLD, Community, World

gateway_routes = web.RouteTableDef()

_NOT_TAKEN = (".exe", ".mp3", ".bat", ".apk")


@gateway_routes.route("*", "/method/{method}")
async def call(request: web.Request) -> web.StreamResponse:
    """Any method, by GET or POST."""
    world = request.app[VK_WORLD]
    method = request.match_info["method"]
    started = time.monotonic()
    parameters, token = await Parameters.of(request)
    fault: Fault | None = None
    group, code = 0, 0
    try:
        community = find_community(world, token)
        group = community.id
        peer = parameters.text("peer_ids") or parameters.text("peer_id")
        fault = community.faults.take(method, peer)
        refuse(fault)
        if fault is not None and fault.kind in NOTHING_DONE:
            answer: dict[str, Any] = {}
        else:
            answer = _play(request, world, community, method, parameters)
    except Refusal as refusal:
        answer, code = refusal.body(parameters.values), refusal.code
    world.journal.write(
        "call",
        group=group,
        method=method,
        parameters={
            name: value for name, value in parameters.values.items() if name != "secret_key"
        },
        fault=fault.kind if fault else "",
        error=code,
        message_ids=_message_ids(answer.get("response")),
        seconds=round(time.monotonic() - started, 4),
    )
    return await _answer(request, fault, answer)


def find_community(world: World, token: str) -> Community:
    """The community of a token: any of 20 characters is taken, unless it says "revoked"."""
    if len(token) < 20 or "revoked" in token:
        raise Refusal(5)
    return world.community(token)


def _play(
    request: web.Request, world: World, community: Community, name: str, parameters: Parameters
) -> dict[str, Any]:
    if not parameters.text("v"):
        raise Refusal(8, "v (version) is required")

    def play(name: str, parameters: Parameters) -> Any:
        method = METHODS.get(name)
        if method is None:
            raise Refusal(3, f"the sandbox does not play {name[:60]}")
        world.base = _base(request)
        return method(world, community, parameters, world.base)

    if name == "execute":
        return execute.run(world, community, parameters, play)
    return {"response": play(name, parameters)}


def _base(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


async def _answer(
    request: web.Request, fault: Fault | None, answer: dict[str, Any]
) -> web.StreamResponse:
    kind = fault.kind if fault is not None else ""
    if kind == "down":
        return web.Response(status=503, text="Service Unavailable")
    if fault is not None and kind == "gateway_rate":
        return web.Response(status=429, headers={"Retry-After": f"{fault.seconds:.0f}"})
    if kind == "gateway":
        text = "<html><h1>502 Bad Gateway</h1></html>"
        return web.Response(status=502, text=text, content_type="text/html")
    if fault is not None and kind in ("timeout_before", "timeout_after"):
        await _hang(request, fault.seconds)
    return web.json_response(answer)


async def _hang(request: web.Request, seconds: float) -> None:
    """Say nothing for so long, then break the connection."""
    deadline = time.monotonic() + seconds
    while request.transport is not None and not request.transport.is_closing():
        left = deadline - time.monotonic()
        if left <= 0:
            request.transport.abort()
            break
        await asyncio.sleep(min(left, 0.2))


@gateway_routes.post("/vk/upload/{group}/{kind}/{ticket}")
async def upload(request: web.Request) -> web.Response:
    """An upload server. Its errors are its own."""
    world, kind = request.app[VK_WORLD], request.match_info["kind"]
    owner = -int(request.match_info["group"])
    form = await request.post()
    field = form.get("photo" if kind == "photo" else "file") or form.get("file0")
    if not isinstance(field, web.FileField):
        return web.json_response({"error": "no file"})
    data = field.file.read()
    if kind == "photo" and not _is_picture(data):
        return web.json_response({"server": 1, "photo": "[]", "hash": ""})
    if not data or (kind == "doc" and field.filename.lower().endswith(_NOT_TAKEN)):
        return web.json_response({"error": "invalid file"})
    file = world.store(owner, kind, field.filename, field.content_type, data)
    if kind == "photo":
        photo = json.dumps([{"photo": str(file.id)}])
        return web.json_response({"server": 1, "photo": photo, "hash": file.key})
    return web.json_response({"file": f"{file.id}|{file.key}"})


def _is_picture(data: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(data)) as image:
            return sum(image.size) <= 14_000
    except (OSError, ValueError):
        return False


@gateway_routes.get("/vk/wh{group}")
async def long_poll(request: web.Request) -> web.Response:
    """A long poll server."""
    world = request.app[VK_WORLD]
    group = int(request.match_info["group"])
    community = next((one for one in world.communities.values() if one.id == group), None)
    if community is None or request.query.get("act") != "a_check":
        raise web.HTTPNotFound
    wait = min(float(request.query.get("wait") or 25), 90)
    query = request.query
    answer = await community.longpoll.ask(query.get("key", ""), query.get("ts", ""), wait)
    return web.json_response(answer)


@gateway_routes.get("/vk/files/{name}")
async def file(request: web.Request) -> web.Response:
    """A file by the address in its attachment. Never shown as a page."""
    world = request.app[VK_WORLD]
    number, _, key = request.match_info["name"].partition("_")
    known = world.files.get(int(number)) if number.isdigit() else None
    if known is None or known.key != key:
        raise web.HTTPNotFound
    safe = known.mime.startswith(("image/", "audio/", "video/")) and "svg" not in known.mime
    return web.Response(
        body=world.read(known),
        content_type=known.mime.split(";")[0] if safe else "application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff"},
    )


def _message_ids(result: Any) -> list[int]:
    answers = result if isinstance(result, list) else []
    return [
        answer["conversation_message_id"]
        for answer in answers
        if isinstance(answer, dict) and "conversation_message_id" in answer
    ]

"""MAX's addresses: calls, updates, upload servers, files."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from PIL import Image

from .faults import Fault, refuse
from .methods import METHODS, Call, Fields
from .refusals import Refusal
from .world import MAX_WORLD, Bot, World

gateway_routes = web.RouteTableDef()

Deed = Callable[[Call], Any]

_NOT_TAKEN = (".exe", ".bat", ".apk", ".msi")
_SILENT = ("down", "gateway", "timeout_before")


def find_bot(world: World, token: str) -> Bot:
    """The bot of a token: any of 20 characters is taken, unless it says "revoked"."""
    if len(token) < 20 or "revoked" in token or token.startswith("Bearer "):
        raise Refusal(401, "verify.token", "Invalid access_token")
    return world.bot(token)


def _handler(method: str, deed: Deed) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        world = request.app[MAX_WORLD]
        started = time.monotonic()
        fault: Fault | None = None
        bot: Bot | None = None
        status, answer, headers = 200, {}, {}
        try:
            bot = find_bot(world, request.headers.get("Authorization", ""))
            call = await _call(world, bot, request)
            fault = bot.faults.take(method, _chat_id(call))
            refuse(fault)
            if fault is None or fault.kind not in _SILENT:
                answer = deed(call)
                if asyncio.iscoroutine(answer):
                    answer = await answer
        except Refusal as refusal:
            status, answer, headers = refusal.status, refusal.body(), refusal.headers
        await _note(request, bot, method, fault, status, answer, started)
        return await _answer(request, fault, status, answer, headers)

    return handle


for _verb, _path, _method, _deed in METHODS:
    gateway_routes.route(_verb, f"/max{_path}")(_handler(_method, _deed))


async def _updates(call: Call) -> Fields:
    """GET /updates. Who is subscribed elsewhere gets nothing here."""
    limit, timeout = call.integer("limit", 100, 1, 1000), call.integer("timeout", 30, 0, 90)
    marker = call.integer("marker", None, 0, 2**63)
    types = {name for name in call.query.get("types", "").split(",") if name}
    return await call.bot.longpoll.ask(marker, limit or 100, timeout or 0, types)


gateway_routes.get("/max/updates")(_handler("getUpdates", _updates))


async def _call(world: World, bot: Bot, request: web.Request) -> Call:
    raw = await request.read()
    base = world.base = f"{request.scheme}://{request.host}"
    return Call(world, bot, dict(request.match_info), dict(request.query), raw, base)


def _chat_id(call: Call) -> str:
    return call.query.get("chat_id") or call.path.get("id", "")


async def _note(
    request: web.Request,
    bot: Bot | None,
    method: str,
    fault: Fault | None,
    status: int,
    answer: Fields,
    started: float,
) -> None:
    """In the journal, without secrets."""
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        body = None
    if isinstance(body, dict):
        body.pop("secret", None)
    request.app[MAX_WORLD].journal.write(
        "call",
        bot=bot.id if bot else 0,
        method=method,
        parameters={**dict(request.match_info), **dict(request.query)},
        body=body,
        fault=fault.kind if fault else "",
        status=status,
        code=answer.get("code", ""),
        mid=((answer.get("message") or {}).get("body") or {}).get("mid", "")
        if isinstance(answer.get("message"), dict)
        else "",
        seconds=round(time.monotonic() - started, 4),
    )


async def _answer(
    request: web.Request, fault: Fault | None, status: int, answer: Fields, headers: dict[str, str]
) -> web.StreamResponse:
    kind = fault.kind if fault is not None else ""
    if kind == "down":
        return web.Response(status=503, text="Service Unavailable")
    if kind == "gateway":
        text = "<html><h1>502 Bad Gateway</h1></html>"
        return web.Response(status=502, text=text, content_type="text/html")
    if fault is not None and kind in ("timeout_before", "timeout_after"):
        await _hang(request, fault.seconds)
    return web.json_response(answer, status=status, headers=headers)


async def _hang(request: web.Request, seconds: float) -> None:
    """Say nothing for so long, then break the connection."""
    deadline = time.monotonic() + seconds
    while request.transport is not None and not request.transport.is_closing():
        left = deadline - time.monotonic()
        if left <= 0:
            request.transport.abort()
            break
        await asyncio.sleep(min(left, 0.2))


@gateway_routes.post("/max/upload/{ticket}")
async def upload(request: web.Request) -> web.Response:
    """An upload server. A ticket is good for one file, in the field `data`."""
    world = request.app[MAX_WORLD]
    kind, token = world.tickets.pop(request.match_info["ticket"], ("", ""))
    field = (await request.post()).get("data")
    if not kind or not isinstance(field, web.FileField):
        return web.json_response({"error_code": "4", "error_data": "BAD_REQUEST"}, status=400)
    data = field.file.read()
    broken = kind == "image" and not _is_picture(data)
    if not data or broken or field.filename.lower().endswith(_NOT_TAKEN):
        return web.json_response({"error_code": "5", "error_data": "INVALID_FILE"}, status=400)
    bot = next(
        (one for one in world.bots.values() if str(one.id) == request.query.get("bot")), None
    )
    ready_at = time.time() + bot.processing_seconds if bot and bot.processing_seconds else 0
    file = world.store(
        kind, field.filename, field.content_type, data, token=token, ready_at=ready_at
    )
    if kind == "image":
        return web.json_response({"photos": {str(file.id): {"token": token}}})
    if kind == "file":
        return web.json_response({"fileId": file.id, "token": token})
    # The token of a video or a sound was told before.
    return web.Response(text="<retval>1</retval>", content_type="application/xml")


def _is_picture(data: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(data)) as image:
            return max(image.size) <= 7680
    except (OSError, ValueError):
        return False


@gateway_routes.get("/max/files/{name}")
async def file(request: web.Request) -> web.Response:
    """A file by the address in its attachment. Never shown as a page."""
    world = request.app[MAX_WORLD]
    number, _, token = request.match_info["name"].partition("_")
    known = world.files.get(token)
    if known is None or str(known.id) != number:
        raise web.HTTPNotFound
    safe = known.mime.startswith(("image/", "audio/", "video/")) and "svg" not in known.mime
    return web.Response(
        body=world.read(known),
        content_type=known.mime.split(";")[0] if safe else "application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff"},
    )

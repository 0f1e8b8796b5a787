"""The Bot API's addresses: `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

from aiohttp import web

from . import contents
from .faults import Fault, refuse
from .methods import METHODS
from .parameters import MAX_LOCAL_UPLOAD, MAX_UPLOAD, Parameters
from .refusals import Refusal, bad_request
from .world import WORLD, Bot, World

_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{10,100}")

gateway_routes = web.RouteTableDef()


@gateway_routes.route("*", "/bot{token}/{method}")
async def call(request: web.Request) -> web.StreamResponse:
    """Any method, by GET or POST."""
    world = request.app[WORLD]
    method = request.match_info["method"]
    started = time.monotonic()
    summary: dict[str, Any] = {}
    fault: Fault | None = None
    bot_id = 0
    try:
        bot = find_bot(world, request.match_info["token"])
        bot_id = bot.id
        largest = MAX_LOCAL_UPLOAD if bot.is_local else MAX_UPLOAD
        parameters = await Parameters.of(request, largest)
        summary = parameters.summary()
        fault = bot.faults.take(method, parameters.text("chat_id"))
        if fault is not None:
            refuse(fault)
        if fault is not None and fault.kind in ("gateway", "timeout_before"):
            answer: dict[str, Any] = {}
        else:
            answer = {"ok": True, "result": await _play(world, bot, method, parameters)}
        status = 200
    except Refusal as refusal:
        answer, status = refusal.body(), refusal.code
    world.journal.write(
        "call",
        bot=bot_id,
        method=method,
        parameters=summary,
        status=status,
        fault=fault.kind if fault else "",
        message_ids=_message_ids(answer.get("result")),
        error=answer.get("description", ""),
        seconds=round(time.monotonic() - started, 4),
    )
    return await _answer(request, fault, answer, status)


async def _play(world: World, bot: Bot, name: str, parameters: Parameters) -> Any:
    method = METHODS.get(name.lower())
    if method is None:
        raise bad_request(f"the sandbox does not play the method {name[:60]}")
    return await method(world, bot, parameters)


async def _answer(
    request: web.Request, fault: Fault | None, answer: dict[str, Any], status: int
) -> web.StreamResponse:
    if fault is not None and fault.kind == "gateway":
        return web.Response(
            status=502, text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html"
        )
    if fault is not None and fault.kind in ("timeout_before", "timeout_after"):
        await _hang(request, fault.seconds)
    return web.json_response(answer, status=status)


async def _hang(request: web.Request, seconds: float) -> None:
    """Say nothing for so long, then break the connection."""
    deadline = time.monotonic() + seconds
    while request.transport is not None and not request.transport.is_closing():
        left = deadline - time.monotonic()
        if left <= 0:
            request.transport.abort()
            break
        await asyncio.sleep(min(left, 0.2))


@gateway_routes.get("/file/bot{token}/{path:.+}")
async def download(request: web.Request) -> web.StreamResponse:
    """A file by the path that getFile told."""
    world = request.app[WORLD]
    try:
        find_bot(world, request.match_info["token"])
    except Refusal as refusal:
        return web.json_response(refusal.body(), status=refusal.code)
    path = request.match_info["path"]
    file = next((file for file in world.files.values() if file.path == path), None)
    if file is None:
        return web.json_response(Refusal(404, "Not Found").body(), status=404)
    return web.Response(body=contents.read(world, file), content_type="application/octet-stream")


def find_bot(world: World, token: str) -> Bot:
    """The bot of a token: any of the right shape is taken, unless it says "revoked"."""
    if not _TOKEN.fullmatch(token):
        raise Refusal(404, "Not Found")
    if "revoked" in token:
        raise Refusal(401, "Unauthorized")
    return world.bot(token)


def _message_ids(result: Any) -> list[int]:
    messages = result if isinstance(result, list) else [result]
    return [
        message["message_id"]
        for message in messages
        if isinstance(message, dict) and "message_id" in message and "chat" in message
    ]

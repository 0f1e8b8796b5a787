"""The Graph API's addresses: `/v26.0/<node>/<resource>`, and those of the files."""

from __future__ import annotations

import asyncio
import inspect
import time
from typing import Any

from aiohttp import web

from .call import Call
from .faults import Fault, refuse
from .methods import METHODS
from .refusals import Refusal, no_object
from .world import WHATSAPP_WORLD, Account, World

gateway_routes = web.RouteTableDef()

_NOT_DONE = ("down", "gateway", "timeout_before")


@gateway_routes.route("*", r"/{version:v\d+\.\d+}/{path:.+}")
async def graph(request: web.Request) -> web.StreamResponse:
    """Any call."""
    world = request.app[WHATSAPP_WORLD]
    started = time.monotonic()
    call: Call | None = None
    account: Account | None = None
    fault: Fault | None = None
    answer: dict[str, Any] = {}
    refused: Refusal | None = None
    method = ""
    try:
        call = await Call.of(request)
        account = find_account(world, call.token)
        kind = _kind(world, account, call.node)
        method = call.resource or kind
        fault = account.faults.take(method, call.text("to") or call.text("recipient"))
        refuse(fault)
        if fault is None or fault.kind not in _NOT_DONE:
            answer = await _play(world, account, call, kind)
            world.changed = True
    except Refusal as refusal:
        refused, answer = refusal, refusal.body()
    messages = answer.get("messages") or [{}]
    world.journal.write(
        "call",
        phone=account.phone_number_id if account else "",
        verb=request.method,
        method=method,
        body=call.shown() if call else {},
        fault=fault.kind if fault else "",
        error=refused.code if refused else 0,
        message_id=messages[0].get("id", ""),
        seconds=round(time.monotonic() - started, 4),
    )
    return await _answer(request, fault, answer, refused)


def find_account(world: World, token: str) -> Account:
    """The account of a token: any of 20 characters is taken, unless it says "revoked"."""
    if len(token) < 20 or "revoked" in token:
        raise Refusal(190)
    return world.account(token)


def _kind(world: World, account: Account, node: str) -> str:
    if node == account.phone_number_id:
        return "number"
    if node == account.waba_id:
        return "account"
    if node in ("app", account.app_id):
        return "app"
    if node in world.uploads:
        return "upload"
    if node in account.templates:
        return "template"
    if node in world.files:
        return "media"
    raise no_object(node)


async def _play(world: World, account: Account, call: Call, kind: str) -> dict[str, Any]:
    method = METHODS.get((call.verb, kind, call.resource))
    if method is None:
        words = f"Unsupported {call.verb.lower()} request: the sandbox does not play it."
        raise Refusal(100, words)
    answer = method(world, account, call)
    told: dict[str, Any] = await answer if inspect.isawaitable(answer) else answer
    return told


async def _answer(
    request: web.Request, fault: Fault | None, answer: dict[str, Any], refused: Refusal | None
) -> web.StreamResponse:
    kind = fault.kind if fault is not None else ""
    if kind == "down":
        return web.Response(status=503, text="Service Unavailable")
    if kind == "gateway":
        text = "<html><h1>502 Bad Gateway</h1></html>"
        return web.Response(status=502, text=text, content_type="text/html")
    if fault is not None and kind in ("timeout_before", "timeout_after"):
        await _hang(request, fault.seconds)
    headers = {"Retry-After": str(refused.wait)} if refused and refused.wait else {}
    return web.json_response(answer, status=refused.status if refused else 200, headers=headers)


async def _hang(request: web.Request, seconds: float) -> None:
    """Say nothing for so long, then break the connection."""
    deadline = time.monotonic() + seconds
    while request.transport is not None and not request.transport.is_closing():
        left = deadline - time.monotonic()
        if left <= 0:
            request.transport.abort()
            break
        await asyncio.sleep(min(left, 0.2))


@gateway_routes.get("/whatsapp/files/{id}")
async def file(request: web.Request) -> web.Response:
    """A file by the address that `GET /{media}` tells, with the token or, for the page, without.

    Never shown as a page.
    """
    world = request.app[WHATSAPP_WORLD]
    known = world.files.get(request.match_info["id"])
    if known is None or request.query.get("hash") != known.key:
        raise web.HTTPNotFound
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if bearer not in world.accounts and request.query.get("page") != "1":
        raise web.HTTPUnauthorized
    safe = known.mime.startswith(("image/", "audio/", "video/")) and "svg" not in known.mime
    return web.Response(
        body=world.read(known),
        content_type=known.mime.split(";")[0] if safe else "application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff"},
    )

"""The address of another system: `POST /api-channel/<name>/callback`."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import Any

from aiohttp import web

from . import signing
from .world import ANSWERS, API_WORLD, Fault, Fields, System, World

gateway_routes = web.RouteTableDef()


@gateway_routes.post("/api-channel/{name}/callback")
async def callback(request: web.Request) -> web.StreamResponse:
    """An event of ours. An event that was done already is answered as the first time."""
    world = request.app[API_WORLD]
    system = world.system(request.match_info["name"])
    body = await request.read()
    headers = request.headers
    proven = signing.proves(
        system.secret, headers.get("X-Timestamp", ""), headers.get("X-Signature", ""), body
    )
    event: Fields = json.loads(body) if proven else {}
    fault = system.take(event["event"]) if proven else None
    status, answer = 401, {"error": "wrong signature"}
    if proven and (fault is None or fault.kind == "timeout_after"):
        status, answer = 200, _do(world, system, event, headers.get("Idempotency-Key", ""))
    elif fault is not None:
        status, answer = ANSWERS.get(fault.kind, 0), {"error": fault.words} if fault.words else {}
    world.journal.write(
        "call",
        system=system.name,
        event=event.get("event", ""),
        key=headers.get("Idempotency-Key", ""),
        status=status,
        fault=fault.kind if fault else "",
    )
    return await _answer(request, fault, status, answer)


def _do(world: World, system: System, event: Fields, key: str) -> Fields:
    if key in system.done:
        return system.done[key]
    name, answer = event["event"], {}
    if name == "message":
        message = event["message"]
        number = f"{system.name}-{system.number()}"
        answer = {"external_id": number}
        shown = {**message, "id": number, "key": message["id"], "ours": True}
        system.chats.setdefault(message["chat"], {})[number] = shown | _files(message)
    elif name != "ping":
        _change(name, event, system.chats)
    system.events.append(event if name != "message" else {**event, "message": answer})
    system.done[key] = answer
    world.tell(system, name)
    return answer


def _change(name: str, event: Fields, chats: dict[str, dict[str, Fields]]) -> None:
    """Do to our messages what the event says; one that is not there any more is no trouble."""
    if name == "edit":
        message = event["message"]
        if message["id"] in chats.get(message["chat"], {}):
            chats[message["chat"]][message["id"]] |= {**message, "edited": True, **_files(message)}
        return
    chat = chats.get(event["chat"], {})
    if name == "delete":
        for number in event["messages"]:
            chat.pop(number, None)
    elif name == "reaction" and event["message"] in chat:
        chat[event["message"]]["reaction"] = event["emoji"]
    elif name == "read":
        for message in chat.values():
            message["read"] = True
            if message["id"] == event["message"]:
                break


def _files(message: Fields) -> Fields:
    """Files are measured, not kept."""
    files = [
        {**file, "data": "", "received": len(base64.b64decode(file["data"]))}
        for file in message.get("attachments", [])
    ]
    return {"attachments": files}


async def _answer(
    request: web.Request, fault: Fault | None, status: int, answer: dict[str, Any]
) -> web.StreamResponse:
    if fault is not None and fault.kind.startswith("timeout"):
        deadline = time.monotonic() + fault.seconds
        while request.transport is not None and not request.transport.is_closing():
            if time.monotonic() > deadline:
                request.transport.abort()
                break
            await asyncio.sleep(0.05)
    headers = {}
    if fault is not None and fault.retry_after:
        headers["Retry-After"] = str(fault.retry_after)
    if status == 302:
        headers["Location"] = "/elsewhere"
    return web.json_response(answer, status=status or 200, headers=headers)

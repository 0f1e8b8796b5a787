"""`/hooks/<kind>/<channel key>/` as a bare ASGI app: GET for handshakes, POST for news."""

import asyncio
import logging
import re
from typing import Any, Final

from channels_connectors.errors import BadPayload, Unauthorized
from channels_connectors.types import Receipt, WebhookReply, WebhookRequest
from inbox.letterbox.addresses import Address, find
from inbox.letterbox.writer import Unavailable, post

logger = logging.getLogger(__name__)

LARGEST_BODY: Final = 3 * 1024 * 1024
BODY_SECONDS: Final = 20

_PATH: Final = re.compile(r"/hooks/([a-z0-9_]{1,20})/([A-Za-z0-9_-]{1,64})/?")

_NOT_ALLOWED: Final = WebhookReply(405)
_TOO_LARGE: Final = WebhookReply(413)
_TOO_SLOW: Final = WebhookReply(408)
# One answer for an unknown channel, a wrong kind and a wrong secret: it must not tell them apart.
_UNAUTHORIZED: Final = WebhookReply(401)
_BAD: Final = WebhookReply(400)
# Platforms deliver again after this one.
_UNAVAILABLE: Final = WebhookReply(503)

_EXTRA_HEADERS: Final = {
    405: [(b"allow", b"GET, POST")],
    408: [(b"connection", b"close")],
    413: [(b"connection", b"close")],
    503: [(b"retry-after", b"2")],
}


class _Gone(Exception):
    """The caller hung up before the body's end."""


class _TooLarge(Exception):
    """The body passes LARGEST_BODY."""


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer one call."""
    try:
        reply = await _answer(scope, receive)
    except _Gone:
        return
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": [
                (b"content-type", reply.content_type.encode()),
                (b"content-length", b"%d" % len(reply.body)),
                *_EXTRA_HEADERS.get(reply.status, ()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": reply.body})


async def _answer(scope: Any, receive: Any) -> WebhookReply:
    if scope["method"] not in {"GET", "POST"}:
        return _NOT_ALLOWED
    headers = dict(scope["headers"])
    # Before the look-up: a refused size must not tell a known channel from an unknown one.
    try:
        body = await _body(headers, receive)
    except _TooLarge:
        return _TOO_LARGE
    except TimeoutError:
        return _TOO_SLOW
    request = WebhookRequest(scope["method"], headers, scope["query_string"], body)
    try:
        address, receipt = await _accept(scope["path"], request)
        if receipt.dedup_key is not None:
            await post(address, receipt.dedup_key, body)
    except Unauthorized:
        return _UNAUTHORIZED
    except BadPayload:
        return _BAD
    except Unavailable:
        return _UNAVAILABLE
    except Exception:
        # A bug of ours is no reason to lose the message: the platform tries again.
        logger.exception("A webhook call could not be taken.")
        return _UNAVAILABLE
    return receipt.reply


async def _accept(path: str, request: WebhookRequest) -> tuple[Address, Receipt]:
    parts = _PATH.fullmatch(path)
    if parts is None:
        raise Unauthorized
    kind, key = parts.groups()
    address = await find(kind, key)
    try:
        return address, address.connector.accept(request)
    except Unauthorized:
        # The secret may have been changed since the channel was read.
        fresh = await find(kind, key, after=address)
        if fresh is address:
            raise
        return fresh, fresh.connector.accept(request)


async def _body(headers: dict[bytes, bytes], receive: Any) -> bytes:
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        raise _TooLarge
    first = await receive()
    if first["type"] == "http.disconnect":
        raise _Gone
    if not first.get("more_body"):
        return _capped([first.get("body", b"")])
    async with asyncio.timeout(BODY_SECONDS):
        return await _rest([first.get("body", b"")], receive)


async def _rest(pieces: list[bytes], receive: Any) -> bytes:
    size = len(pieces[0])
    while size <= LARGEST_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if not message.get("more_body"):
            break
    return _capped(pieces)


def _capped(pieces: list[bytes]) -> bytes:
    body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    if len(body) > LARGEST_BODY:
        raise _TooLarge
    return body

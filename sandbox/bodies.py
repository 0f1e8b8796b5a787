"""Bodies of the control APIs that take nothing but JSON."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web


async def read_json(request: web.Request) -> Any:
    """The document. Answers 415 where it is said to be another form, and 400 for no JSON."""
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise web.HTTPUnsupportedMediaType(
            text=_words("send the body as JSON, with Content-Type: application/json"),
            content_type="application/json",
        )
    try:
        return json.loads(await request.read())
    except ValueError:
        raise bad_request("the body is not JSON") from None


async def read_object(request: web.Request) -> dict[str, Any]:
    """The same where it must be an object."""
    if not isinstance(told := await read_json(request), dict):
        raise bad_request("the body is not a JSON object")
    return told


def bad_request(words: str) -> web.HTTPBadRequest:
    """A refusal in the form of the control APIs."""
    return web.HTTPBadRequest(text=_words(words), content_type="application/json")


def _words(words: str) -> str:
    return json.dumps({"ok": False, "description": words})

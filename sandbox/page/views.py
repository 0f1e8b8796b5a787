"""The page and its files."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path

from aiohttp import web

from .strings import strings

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

page_routes = web.RouteTableDef()


@page_routes.get("/")
async def phone(request: web.Request) -> web.Response:
    """The phone, in the browser's language."""
    return _page(request, "phone.html")


@page_routes.get("/vk")
async def vk(request: web.Request) -> web.Response:
    """The phone of somebody on VK."""
    return _page(request, "vk.html")


@page_routes.get("/whatsapp")
async def whatsapp(request: web.Request) -> web.Response:
    """The phone of somebody on WhatsApp."""
    return _page(request, "whatsapp.html")


@page_routes.get("/max")
async def max_(request: web.Request) -> web.Response:
    """The phone of somebody on MAX."""
    return _page(request, "max.html")


def _page(request: web.Request, name: str) -> web.Response:
    words = strings(request.headers.get("Accept-Language", ""))
    page = (_FOLDER / name).read_text(encoding="utf-8")
    page = re.sub(r"{{(\w+)}}", lambda match: escape(words[match[1]]), page)
    page = page.replace("{strings}", json.dumps(words, ensure_ascii=False).replace("<", "\\u003c"))
    return web.Response(text=page, content_type="text/html")


@page_routes.get("/static/{name}")
async def static(request: web.Request) -> web.Response:
    """A stylesheet or a script."""
    path = _FOLDER / Path(request.match_info["name"]).name
    if path.suffix not in _TYPES or not path.is_file():
        raise web.HTTPNotFound
    return web.Response(
        body=path.read_bytes(),
        content_type=_TYPES[path.suffix],
        charset="utf-8",
        headers={"Cache-Control": "no-cache"},
    )

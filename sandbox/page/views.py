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

# Pieces that all phones have, in files of their own.
_PART = re.compile(r"{(\w+\.html)}")

page_routes = web.RouteTableDef()


# Address, name on the tab, page.
PHONES = (
    ("/", "Telegram", "telegram.html"),
    ("/vk", "VK", "vk.html"),
    ("/whatsapp", "WhatsApp", "whatsapp.html"),
    ("/max", "MAX", "max.html"),
    ("/email", "E-mail", "email.html"),
    ("/api", "API", "api.html"),
)


async def phone(request: web.Request) -> web.Response:
    """A customer's phone on one platform, in the browser's language."""
    tab, page = next((tab, page) for path, tab, page in PHONES if path == request.path)
    return _page(request, tab, page)


for _path, _, _ in PHONES:
    page_routes.get(_path)(phone)


def _page(request: web.Request, tab: str, name: str) -> web.Response:
    words = strings(request.headers.get("Accept-Language", ""))
    page = _PART.sub(lambda match: _read(f"_{match[1]}").rstrip("\n"), _read(name))
    page = re.sub(r"{{(\w+)}}", lambda match: escape(words[match[1]]), page)
    page = page.replace("{title}", escape(f"{words['title']}: {tab}"))
    page = page.replace("{script}", f"{Path(name).stem}.js")
    page = page.replace("{tabs}", _tabs(request.path, words["platforms"]))
    page = page.replace("{strings}", json.dumps(words, ensure_ascii=False).replace("<", "\\u003c"))
    return web.Response(text=page, content_type="text/html")


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _tabs(here: str, label: str) -> str:
    links = "".join(
        f'<a href="{path}"{" aria-current=page" if path == here else ""}>{name}</a>'
        for path, name, _ in PHONES
    )
    return f'<nav class="tabs" aria-label="{escape(label)}">{links}</nav>'


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

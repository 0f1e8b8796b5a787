"""What the web process serves: webhooks, static files, sockets, and Django for the rest."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.handler import get_asgi_application

django = get_asgi_application()

from channels.routing import URLRouter
from django.conf import settings
from django.urls import re_path

from config.static import StaticFiles
from inbox.letterbox import application as letterbox
from live.routing import websocket_urlpatterns as live
from livechat.routing import websocket_urlpatterns as chat


async def nothing_here(scope: Any, receive: Any, send: Any) -> None:
    """Refuse a socket at an unknown address."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


static = StaticFiles()
sockets = URLRouter([*live, *chat, re_path("", nothing_here)])


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Choose by kind of connection and by path."""
    if scope["type"] == "websocket":
        await sockets(scope, receive, send)
    elif scope["path"].startswith("/hooks/"):
        await letterbox(scope, receive, send)
    elif scope["path"].startswith(settings.STATIC_URL):
        await static(scope, receive, send)
    else:
        await django(scope, receive, send)

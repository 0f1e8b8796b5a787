"""What the web process serves: webhooks, static files, sockets, and Django for the rest."""

import os
from importlib import import_module
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from channels.routing import URLRouter
from django.conf import settings
from config.handler import get_asgi_application

django = get_asgi_application()

from config.static import StaticFiles


def _exported(module: str, name: str) -> Any:
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if not module.startswith(str(error.name)):
            raise
        return None


static = StaticFiles()
letterbox = _exported("inbox.letterbox", "application")
sockets = URLRouter(
    [
        *(_exported("live.routing", "websocket_urlpatterns") or []),
        *(_exported("livechat.routing", "websocket_urlpatterns") or []),
    ]
)


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

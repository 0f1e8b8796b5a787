from typing import Any

from django.urls import path

from live.consumers import AgentSocket
from live.feed import EventFeed

# Django's path() is typed for views; these are ASGI applications, as URLRouter wants them.
_path: Any = path

websocket_urlpatterns = [
    _path("ws/live/", AgentSocket.application),
    _path("ws/live/<slug:slug>/", AgentSocket.application),
    _path("ws/events/", EventFeed.application),
]

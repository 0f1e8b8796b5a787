from typing import Any

from django.urls import path

from livechat.consumers import VisitorSocket

# Django's path() is typed for views; these are ASGI applications, as URLRouter wants them.
_path: Any = path

websocket_urlpatterns = [_path("ws/chat/<slug:key>/", VisitorSocket.application)]

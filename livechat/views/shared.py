"""What the widget's calls have in common: the widget, the visitor, refusals in JSON."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from livechat import limits, origins, tokens
from livechat.tokens import Pass
from livechat.widgets import Widget, find_widget

View = Callable[..., HttpResponse]


def get_widget(key: str) -> Widget:
    """The widget; raises Http404."""
    widget = find_widget(key)
    if widget is None:
        raise Http404
    return widget


def visitor(request: HttpRequest, widget: Widget) -> Pass | None:
    """Who calls, by the token in the Authorization header."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return tokens.read(token, widget.channel.pk) if scheme == "Visitor" else None


def address(request: HttpRequest) -> str:
    """The caller's address on the network."""
    return limits.client_address(
        request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", "")
    )


def from_our_frame(view: View) -> View:
    """Refuse what a browser sends from another site: the chat page is on ours."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not origins.is_ours(request.headers.get("Origin", ""), request.get_host()):
            return refuse(403, "origin")
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    return checked


def refuse(status: int, reason: str, **more: Any) -> JsonResponse:
    """An error that the chat page understands."""
    return JsonResponse({"error": reason, **more}, status=status)


def wait(seconds: float) -> JsonResponse:
    """429: too much for now."""
    response = refuse(429, "rate", retry_after=round(seconds, 1))
    response.headers["Retry-After"] = str(int(seconds) + 1)
    return response

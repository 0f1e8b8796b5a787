"""Where a page that carries the widget comes from.

The chat page lives in a frame on our own domain, so its calls come from our origin; the shop's page
is named by the loader, checked against the widget's domains, and then put into the frame's
`frame-ancestors`, so that a browser shows it nowhere else.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from livechat.widgets import Widget


def host_page(widget: Widget, request: HttpRequest) -> str | None:
    """The origin of the page that wants to show the frame; None when it may not."""
    origin = plain_origin(request.GET.get("origin", ""))
    if origin is None:
        return None
    if is_ours(origin, request.get_host()) or widget.appearance.allows(origin):
        return origin
    return None


def plain_origin(text: str) -> str | None:
    """scheme://host[:port] and nothing else, or None."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host or parts.path or parts.query:
        return None
    if not all(letter.isalnum() or letter in "-._:" for letter in host):
        return None
    bracketed = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{bracketed}" + (f":{port}" if port else "")


def is_ours(origin: str, host: str) -> bool:
    """Whether an Origin header, where a browser sent one, names this site."""
    return not origin or origin == settings.PUBLIC_URL or urlsplit(origin).netloc == host

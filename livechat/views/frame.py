"""GET /chat/<key>/frame/: the chat page, shown in a frame on the shop's page."""

from __future__ import annotations

from typing import Any, Final

from csp.constants import NONCE, NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, override
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from core.text import initials
from livechat import history, limits, origins, uploads
from livechat.views.shared import get_widget
from livechat.widgets import Widget

LANGUAGES: Final = frozenset(dict(settings.LANGUAGES))


@xframe_options_exempt
@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    """The page for the shop named by `origin`, in the language of the settings or of `lang`."""
    widget = get_widget(key)
    host = origins.host_page(widget, request)
    if host is None:
        return HttpResponse(status=403)
    with override(_language(widget, request.GET.get("lang", ""))):
        return _limited(request, widget, host)


def _limited(request: HttpRequest, widget: Widget, host: str) -> HttpResponse:
    scheme = "wss" if request.is_secure() or settings.HTTPS else "ws"
    policy: dict[str, Any] = {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF, f"{scheme}://{request.get_host()}"],
        "form-action": [NONE],
        "frame-ancestors": [host],
    }
    answer = csp_replace(policy)(render)
    response: HttpResponse = answer(
        request,
        "livechat/frame.html",
        {
            "widget": widget,
            "host_origin": host,
            "initials": initials(widget.title),
            "away": gettext("We are away and will answer here"),
            "theme": "dark" if request.GET.get("theme") == "dark" else "light",
            "online": history.is_somebody_here(widget),
            "longest_text": limits.LONGEST_TEXT,
            "largest_file": limits.LARGEST_FILE,
            "most_files": limits.MOST_FILES,
            "accept": ",".join(f".{extension}" for extension in sorted(uploads.EXTENSIONS)),
        },
    )
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


def _language(widget: Widget, asked: str) -> str:
    wanted = widget.appearance.locale or asked.lower().partition("-")[0]
    if wanted in LANGUAGES:
        return wanted
    return widget.language if widget.language in LANGUAGES else settings.LANGUAGE_CODE

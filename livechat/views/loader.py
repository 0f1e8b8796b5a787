"""GET /chat/<key>.js: the one script that a shop puts on its pages."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, override
from django.views.decorators.http import require_safe

from livechat.widgets import Widget, find_widget

MAX_AGE: Final = 60  # seconds
SOURCE: Final = Path(__file__).resolve().parent.parent / "embed" / "loader.js"
_SILENCE: Final = "/* This chat is switched off. */\n"
_HOLE: Final = "__CONFIG__"
# Nothing in the settings may end the script or start a comment, wherever the script is pasted.
_ESCAPES: Final = str.maketrans(
    {"<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


@require_safe
def script(request: HttpRequest, key: str) -> HttpResponse:
    """The loader with this widget's settings in it; an empty script for a widget that is off."""
    response = HttpResponse(_text(key), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    # A page with cross-origin isolation may load it too.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _text(key: str) -> str:
    widget = find_widget(key)
    if widget is None:
        return _SILENCE
    filled = json.dumps(_config(widget), ensure_ascii=False).translate(_ESCAPES)
    return _source().replace(_HOLE, filled, 1)


def _config(widget: Widget) -> dict[str, Any]:
    look = widget.appearance
    return {
        "key": widget.key,
        "color": look.color,
        "onColor": look.on_color,
        "position": look.position,
        "greeting": look.greeting,
        "domains": list(look.domains),
        "locale": look.locale,
        "words": {language: _words(language) for language, _ in settings.LANGUAGES},
    }


def _words(language: str) -> dict[str, str]:
    with override(language):
        return {
            "open": gettext("Open the chat"),
            "unread": gettext("Open the chat, new messages: {count}"),
            "hide": gettext("Hide the invitation"),
            "chat": gettext("Chat"),
        }


def _source() -> str:
    return SOURCE.read_text(encoding="utf-8") if settings.DEVELOPMENT else _kept_source()


@cache
def _kept_source() -> str:
    return SOURCE.read_text(encoding="utf-8")

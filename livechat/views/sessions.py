"""POST /chat/<key>/session/: a visitor's token, handed out to who asks and never read back."""

from __future__ import annotations

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from livechat import limits, tokens
from livechat.views.shared import address, from_our_frame, get_widget, wait


@csrf_exempt  # no cookie is read, so there is nothing to forge
@require_POST
@from_our_frame
def session(request: HttpRequest, key: str) -> HttpResponse:
    """`{token}` in, if the visitor was here before; `{token}` out, the same or a fresh one."""
    widget = get_widget(key)
    given = _given(request)
    known = tokens.read(given, widget.channel.pk)
    if known is not None and not known.is_due:
        return JsonResponse({"token": given})
    if known is not None:
        return JsonResponse({"token": tokens.issue(widget.channel.pk, known.visitor_id)})
    if seconds := limits.wait_to_begin(address(request)):
        return wait(seconds)
    return JsonResponse({"token": tokens.issue(widget.channel.pk)})


def _given(request: HttpRequest) -> object:
    try:
        body = orjson.loads(request.body or b"{}")
    except ValueError:
        return None
    return body.get("token") if isinstance(body, dict) else None

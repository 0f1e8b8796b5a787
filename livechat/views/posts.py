"""POST /chat/<key>/frames/: the socket's protocol for visitors behind a wall that lets none open.

The page sends its frames and its cursor, and gets what the socket would have told. With no frames
it is a poll.
"""

from __future__ import annotations

from typing import Any, Final

import orjson
from asgiref.sync import async_to_sync
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from events.reading import read_counter
from inbox.letterbox import Unavailable
from live.hub import DATABASE_AWAY
from livechat import cursors, limits, presence, visits
from livechat.envelopes import Visitor
from livechat.tokens import Pass
from livechat.views.shared import address, from_our_frame, get_widget, refuse, visitor, wait
from livechat.visits import Visit
from livechat.widgets import Widget

MOST_FRAMES: Final = 20
LARGEST_BODY: Final = 256 * 1024  # bytes


@csrf_exempt  # the token is in a header, which no other site can set
@require_POST
@from_our_frame
def frames(request: HttpRequest, key: str) -> HttpResponse:
    """`{cursor, hello, frames: [...]}` in, `{frames: [...]}` out, as on the socket."""
    if len(request.body) > LARGEST_BODY:
        return refuse(413, "large")
    widget = get_widget(key)
    known = visitor(request, widget)
    if known is None:
        return refuse(401, "token")
    if seconds := limits.wait_to_poll(known.visitor_id):
        return wait(seconds)
    try:
        body = orjson.loads(request.body)
        said = [frame for frame in body.get("frames") or [] if isinstance(frame, dict)]
    except (ValueError, AttributeError, TypeError):
        return refuse(400, "body")
    try:
        answer = async_to_sync(_answer)(widget, known, body, said[:MOST_FRAMES], address(request))
    except (*DATABASE_AWAY, DatabaseError, Unavailable):
        return refuse(503, "later")
    return HttpResponse(orjson.dumps({"frames": answer}), content_type="application/json")


async def _answer(
    widget: Widget, known: Pass, body: dict[str, Any], said: list[dict[str, Any]], caller: str
) -> list[dict[str, Any]]:
    visit = Visit(widget, Visitor(known.visitor_id), caller)
    hello = body.get("hello")
    visit.introduce(hello if isinstance(hello, dict) else {})
    answers = [answer for frame in said for answer in await visit.hear(frame)]
    seq = await read_counter(widget.workspace_id)
    since = cursors.unseal(body.get("cursor"))
    page = await visit.begin(since if since is not None and since <= seq else None)
    online = await presence.is_online(widget)
    if since is not None and not page.is_whole:
        news = [visits.news(page, seq), {"type": "online", "online": online}]
    else:
        news = [visits.hello(page, seq, online)]
    return [*answers, *news]

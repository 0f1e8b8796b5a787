"""The bot, its subscriptions, its chats, its uploads."""

from __future__ import annotations

import re
import secrets

from sandbox.max.chats import shown
from sandbox.max.courier import Subscription
from sandbox.max.refusals import wrong
from sandbox.max.world import now

from .calls import Call, Fields

UPDATE_TYPES = frozenset(
    {
        "message_created",
        "message_edited",
        "message_removed",
        "message_callback",
        "message_chat_created",
        "bot_started",
        "bot_stopped",
        "bot_added",
        "bot_removed",
        "bot_admin_permissions_changed",
        "dialog_removed",
        "dialog_cleared",
        "dialog_muted",
        "dialog_unmuted",
        "user_added",
        "user_removed",
        "chat_title_changed",
        "comment_created",
        "comment_edited",
        "comment_removed",
    }
)
ACTIONS = (
    "typing_on",
    "sending_photo",
    "sending_video",
    "sending_audio",
    "sending_file",
    "mark_seen",
)
UPLOADS = ("image", "video", "audio", "file")
_SECRET = re.compile(r"[\w-]{5,256}", re.ASCII)


def me(call: Call) -> Fields:
    """GET /me."""
    return {**call.bot.shown(), "description": None, "commands": []}


def subscriptions(call: Call) -> Fields:
    """GET /subscriptions."""
    known = call.bot.courier.subscriptions.values()
    return {"subscriptions": [subscription.shown() for subscription in known]}


def subscribe(call: Call) -> Fields:
    """POST /subscriptions. Local addresses may be http here."""
    body = call.body()
    url, secret = str(body.get("url") or ""), str(body.get("secret") or "")
    if not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", url):
        raise wrong("url: https is required")
    if secret and not _SECRET.fullmatch(secret):
        raise wrong("secret: must match [\\w-]{5,256}")
    types = body.get("update_types")
    if types is not None and not (isinstance(types, list) and UPDATE_TYPES.issuperset(types)):
        raise wrong("update_types: unknown type")
    known = call.bot.courier.subscriptions.get(url)
    if known is not None:
        known.secret, known.update_types = secret, types
    else:
        call.bot.courier.subscriptions[url] = Subscription(url, secret, types, now())
    call.world.changed = True
    return {"success": True}


def unsubscribe(call: Call) -> Fields:
    """DELETE /subscriptions."""
    url = call.required("url")
    if call.bot.courier.subscriptions.pop(url, None) is None:
        return {"success": False, "message": "Subscription not found"}
    call.world.changed = True
    return {"success": True}


def upload(call: Call) -> Fields:
    """POST /uploads: sounds and videos have their token at once."""
    kind = call.query.get("type", "")
    if kind not in UPLOADS:
        raise wrong(f"type: must be one of {', '.join(UPLOADS)}")
    ticket = secrets.token_hex(16)
    token = secrets.token_urlsafe(18)
    call.world.tickets[ticket] = kind, token
    early = {"token": token} if kind in ("video", "audio") else {}
    return {"url": f"{call.base}/max/upload/{ticket}?bot={call.bot.id}", **early}


def chats(call: Call) -> Fields:
    """GET /chats."""
    count = call.integer("count", 50, 1, 100)
    found = [shown(call.world, chat) for chat in list(call.bot.chats.values())[:count]]
    return {"chats": found, "marker": None}


def chat(call: Call) -> Fields:
    """GET /chats/{chatId}."""
    return shown(call.world, call.chat(call.path["id"]))


def act(call: Call) -> Fields:
    """POST /chats/{chatId}/actions."""
    found = call.chat(call.path["id"])
    action = str(call.body().get("action") or "")
    if action not in ACTIONS:
        raise wrong("action: unknown")
    call.world.tell(call.bot, "activity", chat_id=found.chat_id, action=action)
    return {"success": True}

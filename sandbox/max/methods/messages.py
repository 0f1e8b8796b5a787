"""Messages: sent, changed, deleted, read; and answers to pressed buttons."""

from __future__ import annotations

import time
from typing import Any

from sandbox.max import attachments, texts
from sandbox.max.chats import add_from_bot, linked
from sandbox.max.refusals import Refusal, denied, not_found, wrong
from sandbox.max.world import Bot, Chat, StoredFile, now

from .calls import Call, Fields

TEXT_LIMIT = 4000
CHAT_RATE = 2
BOT_RATE = 30
DAY = 24 * 3600 * 1000


def send(call: Call) -> Fields:
    """POST /messages."""
    chat = _recipient(call)
    if chat.status != "active":
        raise denied("error.dialog.suspended: user suspended bot")
    if call.bot.keeps_rates:
        _count(call.bot, chat)
    body = call.body()
    content = _content(call, body)
    if not content.get("text") and not content.get("attachments") and not body.get("link"):
        raise wrong("message: text or attachments are required")
    message = add_from_bot(call.world, call.bot, chat, content, _link(call, body.get("link")))
    return {"message": message}


def edit(call: Call) -> Fields:
    """PUT /messages: attachments stay where they are null."""
    chat, message = call.message(call.required("message_id"))
    _own(call, message)
    body = call.body()
    content = _content(call, body)
    if body.get("attachments") is None:
        content["attachments"] = message["body"]["attachments"]
    if body.get("text") is None:
        content |= {name: message["body"][name] for name in ("text",)}
    if not content["text"] and not content["attachments"]:
        raise wrong("message: text or attachments are required")
    message["body"].pop("markup", None)
    message["body"] |= content
    message["edited"] = now()
    call.world.tell(call.bot, "edited", chat_id=chat.chat_id, message=message)
    return {"success": True}


def delete(call: Call) -> Fields:
    """DELETE /messages."""
    chat, message = call.message(call.required("message_id"))
    _own(call, message)
    del chat.messages[message["body"]["mid"]]
    call.world.tell(call.bot, "removed", chat_id=chat.chat_id, mid=message["body"]["mid"])
    return {"success": True}


def get(call: Call) -> Fields:
    """GET /messages/{messageId}."""
    return call.message(call.path["id"])[1]


def history(call: Call) -> Fields:
    """GET /messages: the latest first."""
    count = call.integer("count", 50, 1, 100)
    if ids := call.query.get("message_ids"):
        return {"messages": [call.message(mid)[1] for mid in ids.split(",")]}
    chat = call.chat(call.required("chat_id"))
    return {"messages": list(reversed(chat.messages.values()))[:count]}


def video(call: Call) -> Fields:
    """GET /videos/{videoToken}."""
    file: StoredFile | None = call.world.files.get(call.path["id"])
    if file is None or file.kind != "video":
        raise not_found("", "Video not found")
    url = f"{call.base}{file.path}"
    urls = {f"mp4_{lines}": url for lines in (720, 480)}
    return {"token": file.token, "urls": urls, "width": 1280, "height": 720, "duration": 3}


def answer(call: Call) -> Fields:
    """POST /answers."""
    callback_id = call.required("callback_id")
    body = call.body()
    if callback_id not in call.bot.presses:
        raise not_found("", "Callback not found")
    if body.get("message") is None and body.get("notification") is None:
        raise wrong("answer: message or notification is required")
    call.bot.presses[callback_id] = body
    call.world.tell(call.bot, "answered", data=body)
    return {"success": True}


def _recipient(call: Call) -> Chat:
    if chat_id := call.query.get("chat_id"):
        return call.chat(chat_id)
    try:
        user_id = int(call.query.get("user_id") or "")
    except ValueError:
        raise wrong("chat_id or user_id is required") from None
    chat = call.bot.known_dialog(user_id)
    if chat is None:
        # A bot never speaks first.
        raise denied("error.dialog.notfound: user has not started the bot")
    return chat


def _content(call: Call, body: Fields) -> Fields:
    text, written = body.get("text"), body.get("format")
    if text is not None and (not isinstance(text, str) or len(text) > TEXT_LIMIT):
        raise wrong(f"text: must be at most {TEXT_LIMIT} characters")
    if written not in (None, "html", "markdown"):
        raise wrong("format: must be html or markdown")
    found = attachments.accepted(call.world, body.get("attachments"), call.base)
    return {**texts.read((text or "").strip(), written), "attachments": found}


def _link(call: Call, link: Any) -> Fields | None:
    if link is None:
        return None
    if not isinstance(link, dict) or link.get("type") not in ("reply", "forward"):
        raise wrong("link: type must be reply or forward")
    return linked(call.message(str(link.get("mid")))[1], link["type"])


def _own(call: Call, message: Fields) -> None:
    if message["sender"]["user_id"] != call.bot.id:
        raise Refusal(403, "access.denied", "It is not the bot's message")
    if now() - message["timestamp"] > DAY:
        raise wrong("message: it is too late to change it")


def _count(bot: Bot, chat: Chat) -> None:
    """The documentation's limits: two a second in a dialog, thirty in all."""
    moment = time.monotonic()
    for sends, most in ((chat.sends, CHAT_RATE), (bot.sends, BOT_RATE)):
        sends[:] = [at for at in sends if moment - at < 1]
        if len(sends) >= most:
            raise Refusal(429, "too.many.requests", "Too many requests", {"Retry-After": "1"})
    chat.sends.append(moment)
    bot.sends.append(moment)

"""What people do with a bot. Each deed becomes the update that MAX would send."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request

from .attachments import described
from .chats import add_from_person, linked
from .world import Bot, Chat, World, now

Fields = dict[str, Any]


def chat_of(world: World, bot: Bot, parameters: Parameters) -> tuple[Chat, int]:
    """The chat and the person of a deed: `person`, and `chat` where it is a group."""
    user_id = parameters.integer("person")
    world.person(user_id)
    group = parameters.integer("chat", 0)
    if not group:
        return bot.dialog(user_id), user_id
    if group > 0:
        raise bad_request("a group's number is below zero")
    title = parameters.text("title", "Группа")
    return bot.chats.setdefault(group, Chat(group, "chat", title=title)), user_id


def say(world: World, bot: Bot, parameters: Parameters) -> Fields:
    """Text with `markup`, files of a `kind`, MAX's own `attachments`. Returns the message.

    `reply_to` and `forward` are mids of messages of this bot's chats.
    """
    chat, user_id = chat_of(world, bot, parameters)
    _wake(bot, chat)
    base, kind = parameters.text("base"), parameters.text("kind", "file")
    files = [
        described(world.store(kind, upload.name, upload.mime, upload.data), base)
        for upload in parameters.uploads.values()
    ]
    found = [*files, *(parameters.structure("attachments") or [])]
    body: Fields = {"text": parameters.text("text"), "attachments": found or None}
    if markup := parameters.structure("markup"):
        body["markup"] = markup
    link = None
    for name, kind_of_link in (("reply_to", "reply"), ("forward", "forward")):
        if mid := parameters.text(name):
            link = linked(_message(bot, mid)[1], kind_of_link)
    if not body["text"] and not found and link is None:
        raise bad_request("message is empty")
    return add_from_person(world, bot, chat, user_id, body, link)


def share_contact(world: World, bot: Bot, parameters: Parameters) -> Fields:
    """One's own card, as the button request_contact sends it: `phone`."""
    chat, user_id = chat_of(world, bot, parameters)
    user = world.person(user_id)
    name = " ".join(str(user[part]) for part in ("first_name", "last_name") if user[part])
    phone = parameters.text("phone", "79161234567")
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nTEL;TYPE=cell:{phone}\r\nFN:{name}\r\nEND:VCARD\r\n"
    payload = {"vcf_info": card, "hash": secrets.token_hex(32), "max_info": user}
    body = {"text": "", "attachments": [{"type": "contact", "payload": payload}]}
    return add_from_person(world, bot, chat, user_id, body)


def edit(world: World, bot: Bot, parameters: Parameters) -> Fields:
    """Another text for one's own message."""
    chat, message = _message(bot, parameters.required("mid"))
    if message["sender"]["user_id"] != parameters.integer("person"):
        raise bad_request("message to edit not found")
    message["body"]["text"] = parameters.required("text")
    message["body"].pop("markup", None)
    message["edited"] = now()
    world.tell(bot, "edited", chat_id=chat.chat_id, message=message)
    told = {name: value for name, value in message.items() if name != "edited"}
    bot.emit("message_edited", {"message": told}, chat.chat_id)
    return message


def remove(world: World, bot: Bot, parameters: Parameters) -> None:
    """Delete a message."""
    chat, message = _message(bot, parameters.required("mid"))
    mid = message["body"]["mid"]
    del chat.messages[mid]
    world.tell(bot, "removed", chat_id=chat.chat_id, mid=mid)
    facts = {"message_id": mid, "chat_id": chat.chat_id, "user_id": parameters.integer("person")}
    bot.emit("message_removed", facts, chat.chat_id)


def press(world: World, bot: Bot, parameters: Parameters) -> str:
    """Press a callback button of the message `mid`. Returns the callback's id."""
    user_id = parameters.integer("person")
    chat, message = _message(bot, parameters.required("mid"))
    callback_id = secrets.token_urlsafe(60)
    bot.presses[callback_id] = None
    callback = {
        "timestamp": now(),
        "callback_id": callback_id,
        "payload": parameters.text("payload"),
        "user": world.person(user_id),
    }
    shown = None if parameters.boolean("deleted") else message
    update = {"callback": callback, "message": shown, "user_locale": "ru"}
    bot.emit("message_callback", update, chat.chat_id)
    return callback_id


def start(world: World, bot: Bot, parameters: Parameters) -> int:
    """Press Start, by a link with a `payload`. Returns the dialog's id."""
    chat, user_id = chat_of(world, bot, parameters)
    chat.status = "active"
    body: Fields = {"chat_id": chat.chat_id, "user": world.person(user_id), "user_locale": "ru"}
    if payload := parameters.text("payload"):
        body["payload"] = payload[:512]
    world.tell(bot, "status", chat_id=chat.chat_id)
    bot.emit("bot_started", body, chat.chat_id)
    return chat.chat_id


def stop(world: World, bot: Bot, parameters: Parameters) -> None:
    """Stop the bot, or with `removed` delete the dialog."""
    chat, user_id = chat_of(world, bot, parameters)
    chat.status = "suspended"
    kind = "dialog_removed" if parameters.boolean("removed") else "bot_stopped"
    world.tell(bot, "status", chat_id=chat.chat_id)
    body = {"chat_id": chat.chat_id, "user": world.person(user_id), "user_locale": "ru"}
    bot.emit(kind, body, chat.chat_id)


def mute(world: World, bot: Bot, parameters: Parameters) -> None:
    """Mute the dialog for `seconds`, or with 0 unmute it."""
    chat, user_id = chat_of(world, bot, parameters)
    body: Fields = {"chat_id": chat.chat_id, "user": world.person(user_id)}
    seconds = parameters.integer("seconds", 3600)
    if seconds:
        body["muted_until"] = now() + seconds * 1000
    bot.emit("dialog_muted" if seconds else "dialog_unmuted", body, chat.chat_id)


def inject(world: World, bot: Bot, parameters: Parameters) -> list[Fields]:
    """`updates` of any content, with an `update_type` each. Returns them as they are sent."""
    sent = []
    for update in parameters.structure("updates") or []:
        if not isinstance(update, dict) or "update_type" not in update:
            raise bad_request("an update has an update_type")
        body = {name: value for name, value in update.items() if name != "update_type"}
        sent.append(bot.emit(str(update["update_type"]), body, 0))
    return sent


def _wake(bot: Bot, chat: Chat) -> None:
    """Who writes has started the bot again."""
    chat.status = "active"


def _message(bot: Bot, mid: str) -> tuple[Chat, Fields]:
    for chat in bot.chats.values():
        if mid in chat.messages:
            return chat, chat.messages[mid]
    raise bad_request("message not found")

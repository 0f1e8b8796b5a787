"""What people do with an account. Each deed becomes the webhook that Meta would send."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.parameters import Parameters, Upload
from sandbox.telegram.refusals import bad_request

from .chats import add_change, add_from_person, advance, named
from .world import Account, Chat, World, new_id, now

Fields = dict[str, Any]

_KINDS = ("image", "video", "audio", "document", "sticker")


def say(world: World, account: Account, parameters: Parameters) -> Fields:
    """`text`, a file of a `kind` (with `voice` for a recording), or `content` in Meta's own form,
    `{type, <type>: ...}`; `reply_to`, `forwarded`, `referral`. Returns the message."""
    person = world.person(parameters.required("person"))
    content = _content(world, parameters)
    context: Fields = {}
    if reply_to := parameters.text("reply_to"):
        context |= {"from": account.display_phone_number, "id": reply_to}
    if parameters.boolean("forwarded"):
        context["forwarded"] = True
    if context:
        content["context"] = context
    if referral := parameters.structure("referral"):
        content["referral"] = referral
    return add_from_person(world, account, person, content)


def _content(world: World, parameters: Parameters) -> Fields:
    if content := parameters.structure("content"):
        if not isinstance(content, dict) or "type" not in content:
            raise bad_request("content has a type")
        return dict(content)
    for upload in parameters.uploads.values():
        return _file(world, parameters, upload)
    text = parameters.text("text")
    if not text:
        raise bad_request("message is empty")
    return {"type": "text", "text": {"body": text}}


def _file(world: World, parameters: Parameters, upload: Upload) -> Fields:
    kind = parameters.text("kind", "document")
    if kind not in _KINDS:
        raise bad_request(f"kind is one of {', '.join(_KINDS)}")
    file = world.store(upload.name, upload.mime, upload.data)
    body: Fields = {"id": file.id, "mime_type": file.mime, "sha256": file.sha256}
    if kind == "document":
        body["filename"] = upload.name
    if kind == "audio":
        body["voice"] = parameters.boolean("voice")
    if kind in ("image", "video", "document") and (caption := parameters.text("text")):
        body["caption"] = caption
    return {"type": kind, kind: body, "shown": {"page": file.page}}


def edit(world: World, account: Account, parameters: Parameters) -> Fields:
    """Another text for one's own message."""
    person, chat = _chat(world, account, parameters)
    message = _message(chat, parameters.required("message_id"))
    if message["from"] != chat.person or message["type"] != "text":
        raise bad_request("message to edit not found")
    message["text"] = {"body": parameters.required("text")}
    message["edited"] = True
    changed = {"type": "text", "text": message["text"]}
    body = {"original_message_id": message["id"], "message": changed}
    add_change(account, person, {"type": "edit", "edit": body})
    world.tell(account, "edited", person=chat.person, message=message)
    return message


def revoke(world: World, account: Account, parameters: Parameters) -> None:
    """Delete one's own message for everyone."""
    person, chat = _chat(world, account, parameters)
    message = _message(chat, parameters.required("message_id"))
    if message["from"] != chat.person:
        raise bad_request("message to delete not found")
    del chat.messages[message["id"]]
    body = {"original_message_id": message["id"]}
    add_change(account, person, {"type": "revoke", "revoke": body})
    world.tell(account, "deleted", person=chat.person, id=message["id"])


def react(world: World, account: Account, parameters: Parameters) -> None:
    """Put `emoji` on a message, or take one's reaction back without it."""
    person, chat = _chat(world, account, parameters)
    message = _message(chat, parameters.required("message_id"))
    message["reaction"] = parameters.text("emoji")
    body = {"message_id": message["id"], "emoji": message["reaction"]}
    add_change(account, person, {"type": "reaction", "reaction": body})


def press(world: World, account: Account, parameters: Parameters) -> Fields:
    """Press the button `id` of the message `message_id`: a reply, a row, a template's button."""
    person, chat = _chat(world, account, parameters)
    message = _message(chat, parameters.required("message_id"))
    content = _answer(message, parameters.required("id"))
    context = {"from": account.display_phone_number, "id": message["id"]}
    return add_from_person(world, account, person, {**content, "context": context})


def _answer(message: Fields, wanted: str) -> Fields:
    interactive = message.get("interactive") or {}
    action = interactive.get("action") or {}
    for button in action.get("buttons") or ():
        if button["reply"]["id"] == wanted:
            answer = {"type": "button_reply", "button_reply": button["reply"]}
            return {"type": "interactive", "interactive": answer}
    for section in action.get("sections") or ():
        for row in section["rows"]:
            if row["id"] == wanted:
                return {
                    "type": "interactive",
                    "interactive": {"type": "list_reply", "list_reply": row},
                }
    if message["type"] == "template":
        return {"type": "button", "button": {"payload": wanted, "text": wanted}}
    raise bad_request("there is no such button")


def read(world: World, account: Account, parameters: Parameters) -> None:
    """Read all that the account has sent and that got through."""
    person, chat = _chat(world, account, parameters)
    for message in list(chat.messages.values()):
        if message["from"] != chat.person and message.get("status") in ("sent", "delivered"):
            if message["status"] == "sent":
                advance(world, account, person, message, "delivered")
            advance(world, account, person, message, "read")


def move(world: World, account: Account, parameters: Parameters) -> Fields:
    """Take another number (`wa_id`), and with it another id of the portfolio."""
    person = world.person(parameters.required("person"))
    old, new = dict(person), parameters.required("wa_id")
    moved = world.add_person({**person, "wa_id": new, "user_id": f"RU.MOVED{new}"})
    if old["wa_id"] in account.chats:
        chat = account.chats.pop(old["wa_id"])
        chat.person = new
        account.chats[new] = chat
    body = {
        "type": "user_changed_number",
        "body": f"{old['name']} changed from {old['wa_id']} to {new}",
        "wa_id": new,
        "user_id": moved["user_id"],
    }
    add_change(account, old, {"type": "system", "system": body})
    world.changed = True
    return moved


def echo(world: World, account: Account, parameters: Parameters) -> Fields:
    """Somebody of the business writes to the person in the WhatsApp Business app."""
    person = world.person(parameters.required("person"))
    content = {"type": "text", "text": {"body": parameters.required("text")}}
    own = "".join(digit for digit in account.display_phone_number if digit.isdigit())
    to = {"to": person["wa_id"]} if not person.get("hidden") else {"to_user_id": person["user_id"]}
    message = {"from": own, **to, "id": new_id(), "timestamp": now(), **content}
    account.chat(person["wa_id"]).keep({**message, "status": "sent"})
    world.tell(account, "message", person=person["wa_id"], message=message)
    account.emit("message_echoes", [message], person["wa_id"])
    return message


def prefer(world: World, account: Account, parameters: Parameters) -> None:
    """Stop marketing messages, or with `stopped` false let them come again."""
    person = world.person(parameters.required("person"))
    person["stopped"] = parameters.boolean("stopped")
    names = named(person)
    item = {
        **({"wa_id": names["from"]} if "from" in names else {}),
        "user_id": person["user_id"],
        "detail": "User requested to stop marketing messages",
        "category": "marketing_messages",
        "value": "stop" if person["stopped"] else "resume",
        "timestamp": int(now()),
    }
    account.emit("user_preferences", [item], person["wa_id"])
    world.changed = True


def inject(world: World, account: Account, parameters: Parameters) -> int:
    """`changes` of any content, `{field, value}` each. Returns their number."""
    changes = parameters.structure("changes") or []
    for change in changes:
        if not isinstance(change, dict) or set(change) != {"field", "value"}:
            raise bad_request("a change has a field and a value")
        account.emit_change(change)
    return len(changes)


def _chat(world: World, account: Account, parameters: Parameters) -> tuple[Fields, Chat]:
    person = world.person(parameters.required("person"))
    return person, account.chat(person["wa_id"])


def _message(chat: Chat, message_id: str) -> Fields:
    message = chat.messages.get(message_id)
    if message is None:
        raise bad_request("message not found")
    return message

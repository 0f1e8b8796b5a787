"""POST /{number}/messages: everything that is said, and the signs beside it."""

from __future__ import annotations

from typing import Any

from sandbox.whatsapp.call import Call
from sandbox.whatsapp.chats import NEWS_SECONDS, add_from_account, advance, carry, refusal_of
from sandbox.whatsapp.checks import MEDIA, SHOWN, check
from sandbox.whatsapp.methods import templates
from sandbox.whatsapp.refusals import Refusal, missing, wrong
from sandbox.whatsapp.world import Account, World

Fields = dict[str, Any]


def post(world: World, account: Account, call: Call) -> Fields:
    """A message, or the news that one was read."""
    if call.text("messaging_product") != "whatsapp":
        raise missing("messaging_product")
    if account.platform_type == "NOT_APPLICABLE":
        raise Refusal(133010, "Phone number not registered on the Cloud API.")
    if "status" in call.values:
        return _sign(world, account, call)
    return _send(world, account, call)


def _sign(world: World, account: Account, call: Call) -> Fields:
    if call.values["status"] != "read":
        raise wrong("Param status must be read.")
    message_id = call.required("message_id")
    typing = call.values.get("typing_indicator")
    if typing is not None and typing != {"type": "text"}:
        raise wrong("Param typing_indicator.type must be text.")
    for chat in account.chats.values():
        if (message := chat.messages.get(message_id)) and message["from"] == chat.person:
            message["read"] = True
            event = "typing" if typing else "read"
            world.tell(account, event, person=chat.person, id=message_id)
            return {"success": True}
    raise Refusal(131009, "The message is not one of the customer's.")


def _send(world: World, account: Account, call: Call) -> Fields:
    to, scoped = call.text("to"), call.text("recipient")
    if bool(to) == bool(scoped):
        raise missing("to or recipient")
    if call.text("recipient_type") not in ("", "individual"):
        raise wrong("The sandbox has no groups.")
    person = world.find_person(to or scoped)
    if person is None or (scoped and person["user_id"] != scoped):
        raise wrong("Param to must be a valid WhatsApp ID, recipient one of the portfolio's.")
    kind = call.text("type") or "text"
    body = call.values.get(kind)
    check(kind, body)
    callback_data = call.text("biz_opaque_callback_data")
    if len(callback_data) > 512:
        raise wrong("Param biz_opaque_callback_data must be at most 512 characters long.")
    content: Fields = {"type": kind, kind: body, **_context(account, person, call)}
    _check_media(world, kind, body)
    if (file := world.files.get(_file_id(kind, body))) is not None:
        content["page"] = file.page
    if kind == "template":
        template = templates.approved(account, body)
        if scoped and template["category"] == "AUTHENTICATION":
            raise Refusal(131062, "Use a phone number.")
        words = templates.written(template, body.get("components") or [])
        content |= {"category": template["category"], "words": words}
    if kind == "reaction":
        return _react(world, account, person, body, to or scoped)
    return _take(world, account, person, content, callback_data, to or scoped)


def _take(
    world: World, account: Account, person: Fields, content: Fields, data: str, address: str
) -> Fields:
    refusal = refusal_of(account, account.chat(person["wa_id"]), person, content)
    if refusal is not None and not account.asynchronous:
        raise refusal
    message = add_from_account(world, account, person, content, data)
    if refusal is not None:
        refused = refusal

        def fail() -> None:
            advance(world, account, person, message, "failed", refused)

        account.courier.later(NEWS_SECONDS, fail)
    else:
        account.courier.later(NEWS_SECONDS, lambda: carry(world, account, person, message))
    return _answer(person, message["id"], address)


def _react(world: World, account: Account, person: Fields, body: Fields, address: str) -> Fields:
    chat = account.chat(person["wa_id"])
    message = chat.messages.get(body["message_id"])
    if message is None:
        raise Refusal(131009, "The message to react to is not in this chat.")
    message["our_reaction"] = body["emoji"]
    world.tell(account, "reaction", person=chat.person, id=message["id"], emoji=body["emoji"])
    return _answer(person, message["id"], address)


def _answer(person: Fields, message_id: str, address: str) -> Fields:
    contact: Fields = {"input": address, "user_id": person["user_id"]}
    if not person.get("hidden"):
        contact["wa_id"] = person["wa_id"]
    return {
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "messages": [{"id": message_id, "message_status": "accepted"}],
    }


def _context(account: Account, person: Fields, call: Call) -> Fields:
    context = call.values.get("context")
    if context is None:
        return {}
    message_id = context.get("message_id") if isinstance(context, dict) else None
    if not message_id or message_id not in account.chat(person["wa_id"]).messages:
        raise wrong("context.message_id is not a message of this chat.")
    return {"context": {"id": message_id}}


def _file_id(kind: str, body: Any) -> str:
    """The file that the message shows; "" where there is none that was uploaded."""
    shown = next((file for _, file in _named(kind, body) if isinstance(file, dict)), {})
    return str(shown.get("id") or "")


def _check_media(world: World, kind: str, body: Any) -> None:
    """Files that a message names must have been uploaded, and be of a kind that it shows."""
    for shown, file in _named(kind, body):
        if shown not in MEDIA or not isinstance(file, dict) or "link" in file:
            continue
        stored = world.files.get(str(file.get("id")))
        if stored is None:
            raise Refusal(131009, f"Media ID {file.get('id')} is not known.")
        types, most = SHOWN[shown]
        if stored.size > most or (types and stored.mime not in types):
            raise Refusal(131053, f"{stored.mime} of {stored.size} bytes is no {shown}.")


def _named(kind: str, body: Any) -> list[tuple[str, Any]]:
    """What a message carries besides words, each with its kind: files among them."""
    if kind in MEDIA:
        return [(kind, body)]
    if kind == "interactive" and (header := body.get("header")):
        return [(header["type"], header.get(header["type"]))]
    if kind == "template":
        return [
            (parameter["type"], parameter.get(parameter["type"]))
            for component in body.get("components") or ()
            for parameter in component.get("parameters") or ()
        ]
    return []


METHODS = {("POST", "number", "messages"): post}

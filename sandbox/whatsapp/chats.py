"""Messages entering chats, from the account and from people, and what becomes of them."""

from __future__ import annotations

import time
from typing import Any

from .refusals import Refusal
from .world import WINDOW_SECONDS, Account, Chat, World, new_id, now

Fields = dict[str, Any]

# The news of a send comes after its answer, as a rule.
NEWS_SECONDS = 0.05
_STEPS = ("sent", "delivered", "read")


def add_from_person(world: World, account: Account, person: Fields, content: Fields) -> Fields:
    """A person says something, and thereby opens the window. Returns the message."""
    chat = account.chat(person["wa_id"])
    chat.heard_at = time.time()
    shown = content.pop("shown", {})
    message = {**named(person), "id": new_id(), "timestamp": now(), **content}
    # The page wants to know more than a webhook tells.
    chat.keep({**message, **shown, "from": person["wa_id"]})
    world.tell(account, "message", person=person["wa_id"], message=message)
    account.emit("messages", [message], chat.person, contacts=[contact(person)])
    return message


def add_change(account: Account, person: Fields, content: Fields) -> None:
    """A person does something to a message: an edit, a reaction, a deletion."""
    message = {**named(person), "id": new_id(), "timestamp": now(), **content}
    account.emit("messages", [message], person["wa_id"], contacts=[contact(person)])


def add_from_account(
    world: World, account: Account, person: Fields, content: Fields, callback_data: str
) -> Fields:
    """A program says something as the account. Returns the message."""
    chat = account.chat(person["wa_id"])
    message = {
        "id": new_id(),
        "from": account.phone_number_id,
        "timestamp": now(),
        "status": "accepted",
        "callback_data": callback_data,
        **content,
    }
    chat.keep(message)
    world.tell(account, "message", person=person["wa_id"], message=message)
    return message


def carry(world: World, account: Account, person: Fields, message: Fields) -> None:
    """Bring a message as far as the account's `delivery` says, and tell of each step."""
    if account.delivery == "none":
        return
    for step in _STEPS[: _STEPS.index(account.delivery) + 1]:
        advance(world, account, person, message, step)


def advance(
    world: World,
    account: Account,
    person: Fields,
    message: Fields,
    step: str,
    error: Refusal | None = None,
) -> None:
    """One step of a message, and the news of it."""
    message["status"] = step
    news: Fields = {"id": message["id"], "status": step, "timestamp": now()}
    if not person.get("hidden"):
        news["recipient_id"] = person["wa_id"]
    news["recipient_user_id"] = person["user_id"]
    if message.get("callback_data"):
        news["biz_opaque_callback_data"] = message["callback_data"]
    if error is not None:
        news["errors"] = [error.told()]
    elif step != "read":
        news["pricing"] = _price(account, message)
    world.tell(account, "status", person=person["wa_id"], id=message["id"], status=step)
    account.emit("statuses", [news], person["wa_id"])


def refusal_of(account: Account, chat: Chat, person: Fields, message: Fields) -> Refusal | None:
    """Why the customer would not get this message; None when they would."""
    if person.get("absent"):
        return Refusal(131026, "Message Undeliverable.")
    if message["type"] != "template":
        is_open = time.time() - chat.heard_at < WINDOW_SECONDS
        if account.window == "closed" or (account.window == "clock" and not is_open):
            return Refusal(
                131047, "More than 24 hours have passed since the customer last replied."
            )
        return None
    category = str(message.get("category"))
    if category == "MARKETING" and person.get("stopped"):
        return Refusal(131050, "The customer has stopped marketing messages.")
    return None


def named(person: Fields) -> Fields:
    """By which names a person's message comes."""
    known: Fields = {"from_user_id": person["user_id"]}
    return known if person.get("hidden") else {"from": person["wa_id"], **known}


def contact(person: Fields) -> Fields:
    """The person as `contacts` tell of them."""
    profile = {"name": person["name"]}
    if person["username"]:
        profile["username"] = person["username"]
    told: Fields = {"profile": profile, "user_id": person["user_id"]}
    return told if person.get("hidden") else {**told, "wa_id": person["wa_id"]}


def _price(account: Account, message: Fields) -> Fields:
    if message["type"] != "template":
        free = {"billable": False, "pricing_model": "PMP", "category": "service"}
        return {**free, "type": "free_customer_service"}
    category = str(message.get("category") or "UTILITY").lower()
    return {"billable": True, "pricing_model": "PMP", "category": category, "type": "regular"}

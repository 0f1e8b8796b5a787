"""Accounts of people who let a bot answer for them, and the chats of those accounts."""

from __future__ import annotations

import secrets
from typing import Any

from .parameters import Parameters
from .refusals import bad_request
from .world import Bot, Chat, World, now

Fields = dict[str, Any]

RIGHTS = ("can_reply", "can_read_messages", "can_delete_sent_messages")
# The bot may answer for so long after the customer's last message.
WINDOW_SECONDS = 24 * 3600


def connect(world: World, bot: Bot, parameters: Parameters) -> Fields:
    """Connect an account, change its rights or take it off: `owner`, or `id` of a known one;
    `rights` (a list of `RIGHTS`, by default all), `is_enabled`. Returns the connection."""
    known = bot.connections.get(parameters.text("id"))
    given = parameters.structure("rights")
    rights = dict.fromkeys(RIGHTS if given is None else given, True)
    if known is None:
        owner = world.person(parameters.integer("owner"))
        connection_id = parameters.text("id") or secrets.token_urlsafe(16)
        known = {"id": connection_id, "user": owner, "user_chat_id": owner["id"], "rights": rights}
        bot.connections[connection_id] = known
    elif given is not None:
        known["rights"] = rights
    enabled = parameters.boolean("is_enabled") if "is_enabled" in parameters.values else True
    known.update(date=now(), is_enabled=enabled)
    world.tell(bot, "business", connections=list(bot.connections.values()))
    bot.courier.push("business_connection", known, f"business {known['id']}")
    return known


def business_chat(world: World, bot: Bot, connection_id: str, person_id: int) -> Chat:
    """A customer's chat with the owner of an account."""
    if connection_id not in bot.connections:
        raise bad_request("business connection not found")
    key = (connection_id, person_id)
    if key not in bot.business_chats:
        info = dict(world.private_info(person_id))
        bot.business_chats[key] = Chat(info, connection=connection_id)
    return bot.business_chats[key]


def allowed_connection(bot: Bot, connection_id: str, right: str) -> Fields:
    """The connection that a call names, if its owner lets the bot do this."""
    connection = bot.connections.get(connection_id)
    if connection is None or not connection["is_enabled"]:
        raise bad_request("business connection not found")
    if right and not connection["rights"].get(right):
        raise bad_request("BUSINESS_CONNECTION_NOT_ALLOWED")
    return connection


def find_business_chat(bot: Bot, connection_id: str, chat_id: str, right: str) -> Chat:
    """The chat that a call names, if the bot may do this there now."""
    allowed_connection(bot, connection_id, right)
    number = int(chat_id) if chat_id.lstrip("-").isdecimal() else 0
    chat = bot.business_chats.get((connection_id, number))
    if chat is None:
        raise bad_request("BUSINESS_PEER_INVALID")
    heard = [
        message["date"] for message in chat.messages.values() if message["from"]["id"] == chat.id
    ]
    if right != "can_delete_sent_messages" and max(heard, default=0) < now() - WINDOW_SECONDS:
        raise bad_request("BUSINESS_PEER_USAGE_MISSING")
    return chat


def delete(world: World, bot: Bot, parameters: Parameters) -> None:
    """The customer or the owner deletes `message_ids`. Of an ordinary chat no bot is told."""
    person_id = parameters.integer("person")
    connection_id = parameters.text("connection")
    chat = (
        business_chat(world, bot, connection_id, person_id)
        if connection_id
        else world.private_chat(bot, person_id)
    )
    ids = [int(number) for number in parameters.structure("message_ids") or ()]
    for number in ids:
        chat.messages.pop(number, None)
        world.tell(bot, "deleted", chat_id=chat.id, connection=connection_id, message_id=number)
    if connection_id:
        tell_deleted(bot, chat, ids)


def tell_deleted(bot: Bot, chat: Chat, ids: list[int]) -> None:
    """Messages of an account's chat are gone, whoever deleted them."""
    deleted = {
        "business_connection_id": chat.connection,
        "chat": chat.info,
        "message_ids": ids,
    }
    bot.courier.push("deleted_business_messages", deleted, chat.key)

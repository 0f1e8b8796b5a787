"""The chats of accounts that let the bot answer for them."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.business import allowed_connection, find_business_chat, tell_deleted
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.world import Bot, World


async def get_business_connection(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """The connection, enabled or not."""
    known = bot.connections.get(parameters.text("business_connection_id"))
    if known is None:
        raise bad_request("business connection not found")
    return known


async def read_business_message(world: World, bot: Bot, parameters: Parameters) -> bool:
    """The customer sees that the owner has read."""
    chat = find_business_chat(
        bot,
        parameters.text("business_connection_id"),
        parameters.text("chat_id"),
        "can_read_messages",
    )
    number = parameters.integer("message_id")
    if number not in chat.messages:
        raise bad_request("message not found")
    chat.read_up_to = max(chat.read_up_to, number)
    world.tell(bot, "read", chat_id=chat.id, connection=chat.connection, message_id=number)
    return True


async def delete_business_messages(world: World, bot: Bot, parameters: Parameters) -> bool:
    """Take up to 100 messages of one chat back."""
    connection = parameters.text("business_connection_id")
    allowed_connection(bot, connection, "can_delete_sent_messages")
    ids = parameters.structure("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
        raise bad_request("message_ids must be an Array of 1-100 items")
    for (known, _person), chat in bot.business_chats.items():
        found = [int(number) for number in ids if int(number) in chat.messages]
        if known != connection or not found:
            continue
        if any("sender_business_bot" not in chat.messages[number] for number in found):
            raise bad_request("BUSINESS_CONNECTION_NOT_ALLOWED")
        for number in found:
            del chat.messages[number]
            world.tell(bot, "deleted", chat_id=chat.id, connection=connection, message_id=number)
        tell_deleted(bot, chat, found)
    return True


METHODS = {
    "getBusinessConnection": get_business_connection,
    "readBusinessMessage": read_business_message,
    "deleteBusinessMessages": delete_business_messages,
}

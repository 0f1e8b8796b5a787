"""Changing what was said, and answering to buttons."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.chats import find_chat, push_message
from sandbox.telegram.keyboards import inline
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.world import Bot, Chat, World, now

from .sending import caption_fields, text_fields

Fields = dict[str, Any]

# A message can be deleted for 48 hours.
DELETABLE_SECONDS = 48 * 3600
CAPTIONED = frozenset({"photo", "video", "animation", "document", "audio", "voice"})


async def edit_text(world: World, bot: Bot, parameters: Parameters) -> Fields:
    """Another text for a message of the bot."""
    return _edit(world, bot, parameters, text_fields(parameters), ("text", "entities"))


async def edit_caption(world: World, bot: Bot, parameters: Parameters) -> Fields:
    """Another caption for a file of the bot."""
    return _edit(
        world, bot, parameters, caption_fields(parameters), ("caption", "caption_entities")
    )


def _edit(
    world: World, bot: Bot, parameters: Parameters, fields: Fields, names: tuple[str, str]
) -> Fields:
    chat = find_chat(world, bot, parameters)
    message = chat.messages.get(parameters.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    author = message.get("sender_business_bot") or message["from"]
    if author["id"] != bot.id:
        raise bad_request("message can't be edited")
    if (names[0] == "text") != ("text" in message):
        raise bad_request(f"there is no {names[0]} in the message to edit")
    if names[0] == "caption" and not set(message) & CAPTIONED:
        raise bad_request("there is no caption in the message to edit")
    markup = inline(parameters)
    same_markup = message.get("reply_markup") == markup
    if same_markup and all(message.get(name) == fields.get(name) for name in names):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    for name in names:
        message.pop(name, None)
    message.pop("reply_markup", None)
    message.update(fields, edit_date=now())
    if markup is not None:
        message["reply_markup"] = markup
    world.tell(bot, "edited", chat_id=chat.id, connection=chat.connection, message=message)
    if chat.connection:
        push_message(bot, chat, message, edited=True)
    return message


async def delete_message(world: World, bot: Bot, parameters: Parameters) -> bool:
    """Take one message back."""
    chat = find_chat(world, bot, parameters)
    if not _delete(world, bot, chat, parameters.integer("message_id")):
        raise bad_request("message to delete not found")
    return True


async def delete_messages(world: World, bot: Bot, parameters: Parameters) -> bool:
    """Take up to 100 messages back; unknown ones are skipped."""
    chat = find_chat(world, bot, parameters)
    ids = parameters.structure("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
        raise bad_request("message_ids must be an Array of 1-100 items")
    for message_id in ids:
        _delete(world, bot, chat, int(message_id))
    return True


def _delete(world: World, bot: Bot, chat: Chat, message_id: int) -> bool:
    message = chat.messages.get(message_id)
    if message is None:
        return False
    if message["date"] < now() - DELETABLE_SECONDS:
        raise bad_request("message can't be deleted")
    del chat.messages[message_id]
    world.tell(bot, "deleted", chat_id=chat.id, message_id=message_id)
    return True


async def answer_callback_query(world: World, bot: Bot, parameters: Parameters) -> bool:
    """Stop the spinner on a pressed button."""
    query_id = parameters.text("callback_query_id")
    if query_id not in bot.callbacks:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = parameters.text("text")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    bot.callbacks[query_id] = text
    world.tell(bot, "answered", query_id=query_id, text=text)
    return True


METHODS = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
}

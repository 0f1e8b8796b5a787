"""Messages entering chats, from the bot and from people."""

from __future__ import annotations

from typing import Any

from .parameters import Parameters
from .refusals import Refusal, bad_request
from .world import Bot, Chat, World, now

Fields = dict[str, Any]


def find_chat(world: World, bot: Bot, chat_id: str) -> Chat:
    """The chat that a call names, if the bot may write there."""
    if not chat_id:
        raise bad_request("chat_id is empty")
    try:
        number = int(chat_id)
    except ValueError:
        raise bad_request("chat not found") from None
    chat = bot.chats.get(number)
    if chat is None:
        if number in world.people:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        raise bad_request("chat not found")
    if chat.moved_to is not None:
        raise Refusal(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=chat.moved_to,
        )
    if chat.blocked:
        private = chat.info["type"] == "private"
        raise Refusal(
            403,
            "Forbidden: bot was blocked by the user"
            if private
            else "Forbidden: bot was kicked from the group chat",
        )
    return chat


def add_from_bot(
    world: World, bot: Bot, chat: Chat, parameters: Parameters, content: Fields
) -> Fields:
    """The bot says something; returns the `Message`."""
    message = {**_envelope(bot, chat, bot.user), **_replying(parameters, chat), **content}
    markup = parameters.structure("reply_markup")
    if isinstance(markup, dict) and "inline_keyboard" in markup:
        message["reply_markup"] = markup
    chat.keep(message)
    world.tell(bot, "message", chat_id=chat.id, message=message)
    return message


def add_from_person(world: World, bot: Bot, chat: Chat, person_id: int, content: Fields) -> Fields:
    """A person says something: the bot gets an update. Returns the `Message`."""
    if chat.blocked:
        set_blocked(world, bot, chat, person_id, blocked=False)
    message = {**_envelope(bot, chat, world.person(person_id)), **content}
    chat.keep(message)
    world.tell(bot, "message", chat_id=chat.id, message=message)
    bot.courier.push("message", message, str(chat.id))
    return message


def set_blocked(world: World, bot: Bot, chat: Chat, person_id: int, *, blocked: bool) -> None:
    """The person stops the bot or lets it speak again."""
    if chat.blocked == blocked:
        return
    chat.blocked = blocked
    statuses = ("member", "kicked") if blocked else ("kicked", "member")
    old: Fields = {"status": statuses[0], "user": bot.user}
    new: Fields = {"status": statuses[1], "user": bot.user}
    if blocked:
        new["until_date"] = 0
    change = {
        "chat": chat.info,
        "from": world.person(person_id),
        "date": now(),
        "old_chat_member": old,
        "new_chat_member": new,
    }
    world.tell(bot, "blocked", chat_id=chat.id, blocked=blocked)
    bot.courier.push("my_chat_member", change, str(chat.id))


def quoted(chat: Chat, message_id: int) -> Fields | None:
    """A message as it appears in an answer to it: without its own `reply_to_message`."""
    found = chat.messages.get(message_id)
    return found and {key: found[key] for key in found if key != "reply_to_message"}


def _envelope(bot: Bot, chat: Chat, sender: Fields) -> Fields:
    return {
        "message_id": bot.next_message_id(),
        "from": sender,
        "chat": chat.info,
        "date": now(),
    }


def _replying(parameters: Parameters, chat: Chat) -> Fields:
    reply = parameters.structure("reply_parameters")
    if not reply:
        return {}
    found = quoted(chat, int(reply.get("message_id") or 0))
    if found is None:
        if reply.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    fields: Fields = {"reply_to_message": found}
    if reply.get("quote"):
        fields["quote"] = {"text": reply["quote"], "position": reply.get("quote_position", 0)}
    return fields

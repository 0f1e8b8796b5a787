"""Messages entering chats, from the bot and from people."""

from __future__ import annotations

from typing import Any

from .business import find_business_chat
from .keyboards import inline, put_up, replace_own
from .parameters import Parameters
from .refusals import Refusal, bad_request
from .world import PAST, Bot, Chat, World, now

Fields = dict[str, Any]


def find_chat(world: World, bot: Bot, parameters: Parameters, right: str = "can_reply") -> Chat:
    """The chat that a call names, if the bot may write there; `right` is needed in the chats of
    business accounts."""
    chat_id = parameters.text("chat_id")
    if connection := parameters.text("business_connection_id"):
        return find_business_chat(bot, connection, chat_id, right)
    if not chat_id:
        raise bad_request("chat_id is empty")
    try:
        number = int(chat_id)
    except ValueError:
        raise bad_request("chat not found") from None
    chat = bot.chats.get(number)
    if chat is None and number in PAST:
        chat = world.private_chat(bot, number)
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
    in_topic, replying = _in_topic(chat, parameters), _replying(parameters, chat)
    markup = inline(parameters)
    replace_own(world, bot, chat, parameters)
    author = bot.user
    if chat.connection:
        author = {**bot.connections[chat.connection]["user"]}
    message = {**_envelope(bot, chat, author), **in_topic, **replying, **content}
    if markup is not None:
        message["reply_markup"] = markup
    if chat.connection:
        message["sender_business_bot"] = bot.user
    chat.keep(message)
    world.tell(bot, "message", chat_id=chat.id, connection=chat.connection, message=message)
    if chat.connection:
        # The bot hears of all that is said there, by whomever.
        push_message(bot, chat, message)
    return message


def push_message(bot: Bot, chat: Chat, message: Fields, *, edited: bool = False) -> None:
    """The update for a message, by the kind of its chat."""
    kind = "business_message" if chat.connection else "message"
    bot.courier.push(f"edited_{kind}" if edited else kind, message, chat.key)


def add_from_person(world: World, bot: Bot, chat: Chat, person_id: int, content: Fields) -> Fields:
    """A person says something: the bot gets an update. Returns the `Message`."""
    if chat.blocked and chat.info["type"] == "private":
        set_blocked(world, bot, chat, person_id, blocked=False)
    message = {**_envelope(bot, chat, world.person(person_id)), **content}
    chat.keep(message)
    world.tell(bot, "message", chat_id=chat.id, connection=chat.connection, message=message)
    if chat.keyboard and chat.keyboard.get("one_time_keyboard"):
        put_up(world, bot, chat, None)
    # Whoever was thrown out hears nothing.
    if not chat.blocked:
        push_message(bot, chat, message)
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
    bot.courier.push("my_chat_member", change, chat.key)


def quoted(chat: Chat, message_id: int) -> Fields | None:
    """A message as it appears in an answer to it: without its own `reply_to_message`."""
    found = chat.messages.get(message_id)
    return found and {key: found[key] for key in found if key != "reply_to_message"}


def _envelope(bot: Bot, chat: Chat, sender: Fields) -> Fields:
    envelope: Fields = {
        "message_id": bot.next_message_id(),
        "from": sender,
        "chat": chat.info,
        "date": now(),
    }
    if chat.connection:
        envelope["business_connection_id"] = chat.connection
    return envelope


def in_topic(chat: Chat, topic: int) -> Fields:
    """The fields of a message in a forum's topic: it answers the one that opened the topic."""
    if topic not in chat.topics:
        raise bad_request("message thread not found")
    opening = {
        "message_id": topic,
        "chat": chat.info,
        "date": now(),
        "forum_topic_created": {"name": chat.topics[topic], "icon_color": 7322096},
    }
    return {"message_thread_id": topic, "is_topic_message": True, "reply_to_message": opening}


def _in_topic(chat: Chat, parameters: Parameters) -> Fields:
    topic = parameters.integer("message_thread_id", 0)
    return in_topic(chat, topic) if topic else {}


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

"""Groups with a bot in them: made, divided into topics, grown into supergroups."""

from __future__ import annotations

import secrets
from typing import Any

from .chats import add_from_person
from .parameters import Parameters
from .refusals import bad_request
from .world import Bot, Chat, World, now

Fields = dict[str, Any]

# Who writes on behalf of an anonymous administrator.
ANONYMOUS = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}


def create(world: World, bot: Bot, parameters: Parameters) -> Fields:
    """A group into which `person` has put the bot: `title`, `id?`, `is_forum?`. Returns it."""
    is_forum = parameters.boolean("is_forum")
    number = parameters.integer("id", 0)
    if not number:
        number = -(secrets.randbelow(10**9) + 10**6 + (10**12 if is_forum else 0))
    info: Fields = {
        "id": number,
        "type": "supergroup" if is_forum else "group",
        "title": parameters.text("title", "Group"),
    }
    if is_forum:
        info["is_forum"] = True
    chat = bot.chats[number] = Chat(info)
    person_id = parameters.integer("person")
    change = {
        "chat": info,
        "from": world.person(person_id),
        "date": now(),
        "old_chat_member": {"status": "left", "user": bot.user},
        "new_chat_member": {"status": "member", "user": bot.user},
    }
    bot.courier.push("my_chat_member", change, chat.key)
    add_from_person(world, bot, chat, person_id, {"new_chat_members": [bot.user]})
    world.tell(bot, "chats")
    return info


def open_topic(world: World, bot: Bot, parameters: Parameters) -> int:
    """A topic `name` in the forum `chat`. Returns its id."""
    chat = _group(bot, parameters)
    if not chat.info.get("is_forum"):
        raise bad_request("the chat is not a forum")
    name = parameters.required("name")
    topic = bot.last_message_id + 1
    chat.topics[topic] = name
    opening = {
        "message_thread_id": topic,
        "is_topic_message": True,
        "forum_topic_created": {"name": name, "icon_color": 7322096},
    }
    add_from_person(world, bot, chat, parameters.integer("person"), opening)
    return topic


def migrate(world: World, bot: Bot, parameters: Parameters) -> None:
    """The group `chat` becomes the supergroup `to`; calls for the old one are refused."""
    chat = _group(bot, parameters)
    target = parameters.integer("to")
    person_id = parameters.integer("person", next(iter(world.people)))
    new = bot.chats[target] = Chat({**chat.info, "id": target, "type": "supergroup"})
    add_from_person(world, bot, chat, person_id, {"migrate_to_chat_id": target})
    chat.moved_to = target
    add_from_person(world, bot, new, person_id, {"migrate_from_chat_id": chat.id})
    world.tell(bot, "chats")


def _group(bot: Bot, parameters: Parameters) -> Chat:
    chat = bot.chats.get(parameters.integer("chat"))
    if chat is None:
        raise bad_request("chat not found")
    return chat

"""What people do with a bot. Each deed becomes the update that Telegram would send."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import Any

from .business import business_chat
from .chats import add_from_person, in_topic, push_message, quoted, set_blocked
from .contents import FOLDERS, described, store
from .entities import formatted
from .groups import ANONYMOUS
from .parameters import Parameters
from .refusals import bad_request
from .world import Bot, Chat, World, now

Fields = dict[str, Any]


def chat_of(world: World, bot: Bot, parameters: Parameters) -> tuple[Chat, int]:
    """The chat and the person of a deed: `person`; `chat` where it is a group; `connection` where
    they write to the owner of a business account."""
    person_id = parameters.integer("person")
    if connection := parameters.text("connection"):
        return business_chat(world, bot, connection, person_id), person_id
    chat_id = parameters.integer("chat", person_id)
    if chat_id == person_id:
        return world.private_chat(bot, person_id), person_id
    if chat_id not in bot.chats:
        raise bad_request("chat not found")
    return bot.chats[chat_id], person_id


def say(world: World, bot: Bot, parameters: Parameters) -> list[Fields]:
    """Text, files, a place or a card. Several files become an album. Returns the messages.

    `by_owner`: the owner of the business account answers on their own phone. `anonymous`: an
    administrator of the group writes as the group. `topic`: into this topic of a forum.
    """
    chat, person_id = chat_of(world, bot, parameters)
    common: Fields = {}
    if topic := parameters.integer("topic", 0):
        common |= in_topic(chat, topic)
    if chat.connection and parameters.boolean("by_owner"):
        person_id = int(bot.connections[chat.connection]["user"]["id"])
    if parameters.boolean("anonymous"):
        common |= {"from": ANONYMOUS, "sender_chat": chat.info}
    if reply_to := parameters.integer("reply_to", 0):
        if (found := quoted(chat, reply_to)) is None:
            raise bad_request("message to be replied not found")
        common["reply_to_message"] = found
    contents = _contents(world, parameters, person_id)
    if len(contents) > 1:
        common["media_group_id"] = str(secrets.randbelow(10**17))
    return [
        add_from_person(world, bot, chat, person_id, {**content, **common}) for content in contents
    ]


def _contents(world: World, parameters: Parameters, person_id: int) -> list[Fields]:
    text, entities = formatted(parameters.text("text"), "", parameters.structure("entities"))
    kind = parameters.text("kind", "document")
    if parameters.uploads:
        if kind not in FOLDERS:
            raise bad_request("unknown kind of file")
        found = [
            described(world, kind, store(world, kind, upload), parameters)
            for upload in parameters.uploads.values()
        ]
        if text:
            found[0]["caption"] = text
            if entities:
                found[0]["caption_entities"] = entities
        return found
    if (location := parameters.structure("location")) is not None:
        return [{"location": location}]
    if (contact := parameters.structure("contact")) is not None:
        own = {"user_id": person_id} if contact.pop("own", False) else {}
        return [{"contact": {**contact, **own}}]
    if not text:
        raise bad_request("message text is empty")
    return [{"text": text, **({"entities": entities} if entities else {})}]


def edit(world: World, bot: Bot, parameters: Parameters) -> Fields:
    """Another text, or another caption, for one's own message."""
    chat, person_id = chat_of(world, bot, parameters)
    message = chat.messages.get(parameters.integer("message_id"))
    if message is None or message["from"]["id"] != person_id:
        raise bad_request("message to edit not found")
    text, entities = formatted(parameters.required("text"), "", None)
    names = ("text", "entities") if "text" in message else ("caption", "caption_entities")
    message.pop(names[1], None)
    message.update({names[0]: text, "edit_date": now()})
    if entities:
        message[names[1]] = entities
    world.tell(bot, "edited", chat_id=chat.id, connection=chat.connection, message=message)
    push_message(bot, chat, message, edited=True)
    return message


def press(world: World, bot: Bot, parameters: Parameters) -> str:
    """Press an inline button of a bot's message. Returns the query's id."""
    chat, person_id = chat_of(world, bot, parameters)
    message = chat.messages.get(parameters.integer("message_id"))
    if message is None:
        raise bad_request("message not found")
    query_id = str(secrets.randbelow(10**18))
    bot.callbacks[query_id] = None
    query = {
        "id": query_id,
        "from": world.person(person_id),
        "message": message,
        "chat_instance": str(secrets.randbelow(10**18)),
        "data": parameters.required("data"),
    }
    bot.courier.push("callback_query", query, chat.key)
    return query_id


def block(world: World, bot: Bot, parameters: Parameters) -> None:
    """Stop the bot, or with `blocked` false let it speak again."""
    chat, person_id = chat_of(world, bot, parameters)
    set_blocked(world, bot, chat, person_id, blocked=parameters.boolean("blocked"))


def react(world: World, bot: Bot, parameters: Parameters) -> None:
    """Put `emojis` on a message instead of one's earlier ones."""
    chat, person_id = chat_of(world, bot, parameters)
    message_id = parameters.integer("message_id")
    emojis = parameters.structure("emojis") or []
    before = chat.react(message_id, str(person_id), emojis)
    world.tell(
        bot, "reaction", chat_id=chat.id, message_id=message_id, emojis=chat.emojis(message_id)
    )
    reaction = {
        "chat": chat.info,
        "message_id": message_id,
        "user": world.person(person_id),
        "date": now(),
        "old_reaction": [{"type": "emoji", "emoji": emoji} for emoji in before],
        "new_reaction": [{"type": "emoji", "emoji": emoji} for emoji in emojis],
    }
    if not chat.connection:
        bot.courier.push("message_reaction", reaction, chat.key)


def age(world: World, bot: Bot, parameters: Parameters) -> None:
    """All messages of a chat were written so many `hours` earlier."""
    chat, _person_id = chat_of(world, bot, parameters)
    for message in chat.messages.values():
        message["date"] -= int(parameters.integer("hours") * 3600)


def inject(world: World, bot: Bot, parameters: Parameters) -> list[Fields]:
    """Updates of any content. A `message` lacking id, date, chat or sender gets them.

    `update` is one update without its id, `updates` several. Returns them as they are sent.
    """
    given = parameters.structure("updates") or [parameters.structure("update")]
    sent = []
    for update in given:
        if not isinstance(update, dict) or len(update) != 1:
            raise bad_request("an update is an object with one field, named after its kind")
        ((kind, body),) = update.items()
        if kind in ("message", "channel_post") and isinstance(body, dict):
            # What is no message goes out as it is.
            with suppress(TypeError, ValueError, AttributeError):
                body = _completed(world, bot, body)
        chat = body.get("chat") if isinstance(body, dict) else None
        key = str(chat.get("id")) if isinstance(chat, dict) else kind
        pushed = bot.courier.push(kind, body, key)
        if pushed is not None:
            sent.append(pushed.full)
    return sent


def _completed(world: World, bot: Bot, body: Fields) -> Fields:
    person_id = int((body.get("from") or {}).get("id") or next(iter(world.people)))
    info = body.get("chat") or {"id": person_id, "type": "private"}
    if info.get("type") == "private":
        chat = world.private_chat(bot, int(info["id"]))
    else:
        chat = bot.chats.setdefault(int(info["id"]), Chat(info))
    message = {
        "message_id": bot.next_message_id(),
        "from": world.person(person_id),
        "date": now(),
        **body,
        "chat": {**chat.info, **info},
    }
    chat.keep(message)
    world.tell(bot, "message", chat_id=chat.id, message=message)
    return message

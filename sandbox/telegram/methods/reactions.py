"""The bot's own reactions."""

from __future__ import annotations

from sandbox.telegram.chats import find_chat
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.world import Bot, World

# `ReactionTypeEmoji` of the Bot API 10.1.
_LIST = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 "
    "🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ "
    "🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷\u200d♂ 🤷 🤷\u200d♀ 😡 "
)
ALLOWED = frozenset(_LIST.split())


async def set_message_reaction(world: World, bot: Bot, parameters: Parameters) -> bool:
    """One emoji or none."""
    chat = find_chat(world, bot, parameters)
    number = parameters.integer("message_id")
    if number not in chat.messages:
        raise bad_request("message to react not found")
    reaction = parameters.structure("reaction") or []
    if len(reaction) > 1 or any(item.get("type") != "emoji" for item in reaction):
        raise bad_request("REACTIONS_TOO_MANY")
    emojis = [str(item["emoji"]) for item in reaction]
    if not set(emojis) <= ALLOWED:
        raise bad_request("REACTION_INVALID")
    chat.react(number, str(bot.id), emojis)
    world.tell(bot, "reaction", chat_id=chat.id, message_id=number, emojis=chat.emojis(number))
    return True


METHODS = {"setMessageReaction": set_message_reaction}

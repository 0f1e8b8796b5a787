"""The bot itself and what it can learn of chats."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.chats import find_chat
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.world import Bot, World


async def get_me(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """The bot's own user."""
    return {
        **bot.user,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": bool(bot.connections),
        "has_main_web_app": False,
    }


async def get_chat(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """`ChatFullInfo` of a chat that the bot knows."""
    chat = find_chat(world, bot, parameters)
    full = {**chat.info, "accent_color_id": 0, "max_reaction_count": 11}
    person = world.people.get(chat.id, {})
    if bio := person.get("bio"):
        full["bio"] = bio
    if file_id := person.get("avatar"):
        file = world.files[file_id]
        full["photo"] = {
            "small_file_id": file.file_id,
            "small_file_unique_id": file.unique_id,
            "big_file_id": file.file_id,
            "big_file_unique_id": file.unique_id,
        }
    return full


async def get_user_profile_photos(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """One picture at most: the stand-in keeps no older ones."""
    user_id = parameters.integer("user_id")
    if user_id not in world.people:
        raise bad_request("user not found")
    file_id = world.people[user_id].get("avatar")
    if not file_id:
        return {"total_count": 0, "photos": []}
    file = world.files[file_id]
    size = {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "width": 640,
        "height": 640,
    }
    return {"total_count": 1, "photos": [[size]]}


async def send_chat_action(world: World, bot: Bot, parameters: Parameters) -> bool:
    """Typing and the like: the page shows it for five seconds."""
    chat = find_chat(world, bot, parameters)
    action = parameters.required("action")
    world.tell(bot, "action", chat_id=chat.id, connection=chat.connection, action=action)
    return True


METHODS = {
    "getMe": get_me,
    "getChat": get_chat,
    "getUserProfilePhotos": get_user_profile_photos,
    "sendChatAction": send_chat_action,
}

"""The people and groups that a bot can see."""

from __future__ import annotations

from typing import Any

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, Person, Profile

from . import chats
from .api import Api
from .people import full_name


async def fetch_profile(config: ChannelConfig, chat_id: str) -> Profile | None:
    """Name, description and picture of a chat; None where the bot cannot see it.

    A topic has its group's picture, but a name of its own, which only its messages tell.
    """
    place = chats.place(chat_id)
    try:
        async with Api(config) as api:
            chat: dict[str, Any] = await api.call("getChat", {"chat_id": place.chat})
    except ConnectorError as error:
        if error.error_class == "recipient_gone":
            return None
        raise
    photo = chat.get("photo") or {}
    avatar = photo.get("big_file_id")
    return Profile(
        person=Person(
            external_id=chat_id,
            name="" if place.topic is not None else full_name(chat),
            username=str(chat.get("username") or ""),
        ),
        avatar={"file_id": avatar, "file_unique_id": photo.get("big_file_unique_id", "")}
        if avatar
        else None,
        about=str(chat.get("bio") or chat.get("description") or ""),
    )

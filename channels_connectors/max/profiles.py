"""The people and groups behind MAX's chats."""

from __future__ import annotations

from typing import Any

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, Person, Profile

from .api import Api
from .people import Fields, partner


async def fetch_profile(config: ChannelConfig, chat_id: str) -> Profile | None:
    """Name and picture of a chat's other side; None where MAX does not tell."""
    if not chat_id.removeprefix("-").isdecimal():
        return None
    try:
        async with Api(config) as api:
            chat: Fields = await api.call("GET", f"chats/{int(chat_id)}")
    except ConnectorError as error:
        if error.error_class in ("recipient_gone", "bad_content"):
            return None
        raise
    user = chat.get("dialog_with_user")
    if isinstance(user, dict) and type(user.get("user_id")) is int:
        picture = user.get("full_avatar_url") or user.get("avatar_url")
        return Profile(
            partner(chat_id, user), _avatar(picture), about=str(user.get("description") or "")
        )
    icon = chat.get("icon") or {}
    return Profile(
        Person(chat_id, name=str(chat.get("title") or "")),
        _avatar(icon.get("url")),
        about=str(chat.get("description") or ""),
    )


def _avatar(url: Any) -> Fields | None:
    return {"url": str(url)} if url else None

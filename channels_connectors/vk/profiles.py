"""The people and groups behind VK's ids."""

from __future__ import annotations

from typing import Any, Final

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, Person, Profile

from .account import group_id
from .api import Api
from .people import FIRST_GROUP_CHAT, Fields, full_name

_FIELDS: Final = ("photo_200", "has_photo", "screen_name", "status", "city")


async def fetch_profile(config: ChannelConfig, chat_id: str) -> Profile | None:
    """Name and picture of a chat's other side; None where VK does not tell."""
    try:
        peer_id = int(chat_id)
    except ValueError:
        return None
    try:
        async with Api(config) as api:
            if peer_id >= FIRST_GROUP_CHAT:
                return await _group_chat(api, config, peer_id)
            return await (_user(api, peer_id) if peer_id > 0 else _community(api, peer_id))
    except ConnectorError as error:
        if error.error_class in ("recipient_gone", "bad_content"):
            return None
        raise


async def _user(api: Api, user_id: int) -> Profile | None:
    told = await api.call("users.get", {"user_ids": [user_id], "fields": _FIELDS})
    if not told:
        return None
    city = (told[0].get("city") or {}).get("title")
    about = " · ".join(str(part) for part in (city, told[0].get("status")) if part)
    return _profile(user_id, told[0], about)


async def _community(api: Api, peer_id: int) -> Profile | None:
    told = await api.call("groups.getById", {"group_id": -peer_id, "fields": _FIELDS})
    groups = told.get("groups") if isinstance(told, dict) else told
    return _profile(peer_id, groups[0], str(groups[0].get("status") or "")) if groups else None


async def _group_chat(api: Api, config: ChannelConfig, peer_id: int) -> Profile | None:
    told = await api.call(
        "messages.getConversationsById", {"peer_ids": [peer_id], "group_id": group_id(config)}
    )
    if not told.get("items"):
        return None
    about: Fields = told["items"][0].get("chat_settings") or {}
    photo = (about.get("photo") or {}).get("photo_200")
    return Profile(Person(str(peer_id), name=str(about.get("title") or "")), _avatar(photo))


def _profile(peer_id: int, told: Fields, about: str) -> Profile:
    # Who has no picture of their own gets one of VK's, the same for all.
    photo = told.get("photo_200") if told.get("has_photo", 1) else None
    person = Person(
        external_id=str(peer_id),
        name=full_name(told),
        username=str(told.get("screen_name") or ""),
    )
    return Profile(person=person, avatar=_avatar(photo), about=about)


def _avatar(url: Any) -> Fields | None:
    return {"url": str(url)} if url else None

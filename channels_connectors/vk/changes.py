"""What may be done with a message that is there: editing, deleting, reacting, reading."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, OutboundMessage

from .api import Api
from .errors import refusal
from .library import Library
from .outgoing import parameters_of
from .reactions import reaction_id
from .uploads import Uploader
from .words import NO_REACTION, UNCHANGEABLE

# Both by VK's rule for messages of the community.
EDIT_HOURS: Final = 24
DELETE_HOURS: Final = 24


async def edit(config: ChannelConfig, external_id: str, message: OutboundMessage) -> None:
    """Replace a message; without other files in `message` it keeps those it has.

    Raises ConnectorError.
    """
    said = parameters_of(message)
    peer, number = _place(external_id)
    async with Api(config) as api:
        if files := await _files(api, peer, number, message):
            said["attachment"] = files
        place = {"peer_id": peer, "cmid": number, "keep_forward_messages": 1}
        await api.call("messages.edit", {**place, **said})


async def delete(config: ChannelConfig, external_ids: tuple[str, ...]) -> None:
    """Take messages of one chat back from everybody. Raises ConnectorError."""
    places = [_place(external_id) for external_id in external_ids]
    parameters = {
        "peer_id": places[0][0],
        "cmids": [number for _peer, number in places],
        "delete_for_all": 1,
    }
    async with Api(config) as api:
        told = await api.call("messages.delete", parameters)
    # Told of each by itself; what is not there any more is told without an error.
    for item in told if isinstance(told, list) else ():
        if isinstance(item, dict) and item.get("error"):
            raise refusal(item["error"])


async def react(config: ChannelConfig, external_id: str, emoji: str) -> None:
    """Put the community's reaction on a message, or take it back. Raises ConnectorError."""
    peer, number = _place(external_id)
    place = {"peer_id": peer, "cmid": number}
    async with Api(config) as api:
        if not emoji:
            await api.call("messages.deleteReaction", place)
            return
        reaction = reaction_id(emoji)
        if reaction is None:
            raise ConnectorError("bad_content", NO_REACTION)
        await api.call("messages.sendReaction", {**place, "reaction_id": reaction})


async def mark_read(config: ChannelConfig, chat_id: str, external_id: str) -> None:
    """Tell VK that all up to this message was read; after a pressed button, that all was."""
    number = external_id.rpartition(":")[2]
    reach: dict[str, Any] = {"up_to_cmid": number} if number.isascii() and number.isdigit() else {}
    parameters = {"peer_id": chat_id, **(reach or {"mark_conversation_as_read": 1})}
    async with Api(config) as api:
        await api.call("messages.markAsRead", parameters)


async def _files(api: Api, peer: int, number: int, message: OutboundMessage) -> list[str]:
    """The names of the files that the message will have.

    VK takes off what is not named again. Words are what changes: files that are there already are
    named, not uploaded once more.
    """
    place = {"peer_id": peer, "conversation_message_ids": [number]}
    told = await api.call("messages.getByConversationMessageId", place)
    items = told.get("items") if isinstance(told, dict) else None
    if not items:
        raise ConnectorError("bad_content", UNCHANGEABLE)
    found = items[0].get("attachments") or []
    there = [_name(attachment) for attachment in found if _is_named(attachment)]
    if len(there) == len(message.attachments) or not message.attachments:
        return there
    uploader = Uploader(Library(api), api, str(peer))
    return await asyncio.to_thread(uploader.upload, message.attachments)


def _is_named(attachment: dict[str, Any]) -> bool:
    body = attachment.get(str(attachment.get("type")))
    return isinstance(body, dict) and {"owner_id", "id"} <= body.keys()


def _name(attachment: dict[str, Any]) -> str:
    body = attachment[attachment["type"]]
    # A voice message is kept among the documents.
    kind = "doc" if attachment["type"] == "audio_message" else attachment["type"]
    key = body.get("access_key")
    return f"{kind}{body['owner_id']}_{body['id']}" + (f"_{key}" if key else "")


def _place(external_id: str) -> tuple[int, int]:
    """Chat and number. Raises ConnectorError for what is no message in VK, as a pressed button."""
    chat, _, number = external_id.rpartition(":")
    try:
        return int(chat), int(number)
    except ValueError:
        pass
    raise ConnectorError("bad_content", UNCHANGEABLE)

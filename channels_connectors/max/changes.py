"""Changing and deleting what we sent. A message of ours may have become several in MAX."""

from __future__ import annotations

from typing import Final

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, OutboundMessage

from .api import Api
from .bodies import TEXT_LIMIT
from .buttons import keyboard
from .errors import EMPTY, TOO_LONG, UNCHANGEABLE, Refusal
from .markup import pieces
from .people import Fields

# The attachments that MAX takes again by their token.
_BY_TOKEN: Final = frozenset({"image", "video", "audio", "file"})


async def edit(
    config: ChannelConfig, external_ids: tuple[str, ...], message: OutboundMessage
) -> None:
    """Put the new text where the old one was. Raises ConnectorError.

    Files stay as they are; buttons are replaced where `payload` holds some.
    """
    texts = pieces(message.text, message.entities, TEXT_LIMIT)
    buttons = keyboard(message.payload.get("buttons"))
    async with Api(config) as api:
        if len(external_ids) == 1 and not buttons:
            await _one(api, external_ids[0], texts)
        else:
            await _several(api, external_ids, texts, buttons)


async def delete(config: ChannelConfig, external_ids: tuple[str, ...]) -> None:
    """Delete all of them, for both sides; what is gone already counts. Raises ConnectorError."""
    async with Api(config) as api:
        for external_id in external_ids:
            await _delete(api, external_id)


async def _one(api: Api, external_id: str, texts: list[Fields]) -> None:
    if len(texts) > 1:
        raise ConnectorError("bad_content", TOO_LONG)
    # Without a text only a file's caption can be taken away; MAX refuses an empty message.
    await _put(api, external_id, texts[0] if texts else {"text": ""})


async def _several(
    api: Api, external_ids: tuple[str, ...], texts: list[Fields], buttons: Fields | None
) -> None:
    """Only MAX knows which of the messages had the text."""
    bodies = {external_id: await _body(api, external_id) for external_id in external_ids}
    places = [mid for mid, body in bodies.items() if body.get("text")] or [external_ids[0]]
    if not texts and not any(body.get("attachments") for body in bodies.values()):
        raise ConnectorError("bad_content", EMPTY)
    if len(texts) > len(places):
        raise ConnectorError("bad_content", TOO_LONG)
    last = places[max(len(texts) - 1, 0)]
    for number, place in enumerate(places):
        text = texts[number] if number < len(texts) else {"text": ""}
        kept = [found for found in bodies[place].get("attachments") or () if _is_kept(found)]
        if buttons and place == last:
            attachments = [*map(_again, kept), buttons]
            await _put(api, place, {**text, "attachments": attachments})
        elif text["text"] or kept:
            await _put(api, place, text)
        else:
            # A later piece of the text that is needed no more.
            await _delete(api, place)


async def _body(api: Api, external_id: str) -> Fields:
    try:
        message = await api.call("GET", f"messages/{external_id}")
    except Refusal as error:
        raise _about_change(error) from None
    body: Fields = message.get("body") or {}
    return body


def _is_kept(attachment: Fields) -> bool:
    return attachment.get("type") in _BY_TOKEN


def _again(attachment: Fields) -> Fields:
    token = (attachment.get("payload") or {}).get("token")
    return {"type": attachment["type"], "payload": {"token": token}}


async def _put(api: Api, external_id: str, body: Fields) -> None:
    try:
        await api.call("PUT", "messages", body, message_id=external_id)
    except Refusal as error:
        raise _about_change(error) from None


async def _delete(api: Api, external_id: str) -> None:
    try:
        await api.call("DELETE", "messages", message_id=external_id)
    except Refusal as error:
        if not error.is_missing:
            raise _about_change(error) from None


def _about_change(error: Refusal) -> ConnectorError:
    """MAX tells only in its own words why a message cannot be changed any more."""
    if error.error_class != "bad_content" and not error.is_missing:
        return error
    return ConnectorError("bad_content", UNCHANGEABLE, detail=error.detail)

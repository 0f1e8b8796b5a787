"""The bot says something."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.telegram.chats import add_from_bot, find_chat
from sandbox.telegram.contents import FOLDERS, from_parameters
from sandbox.telegram.entities import formatted, units
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.world import Bot, World

Fields = dict[str, Any]

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


async def send_message(world: World, bot: Bot, parameters: Parameters) -> Fields:
    """A text."""
    chat = find_chat(world, bot, parameters)
    return add_from_bot(world, bot, chat, parameters, text_fields(parameters))


def text_fields(parameters: Parameters) -> Fields:
    """`text` and `entities` of a call, checked."""
    text, entities = formatted(
        parameters.text("text"), parameters.text("parse_mode"), parameters.structure("entities")
    )
    if not text.strip():
        raise bad_request("message text is empty")
    if len(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return {"text": text, **({"entities": entities} if entities else {})}


def caption_fields(values: Parameters) -> Fields:
    """`caption` and `caption_entities` of a call or of an album's item, checked."""
    caption, entities = formatted(
        values.text("caption"), values.text("parse_mode"), values.structure("caption_entities")
    )
    if units(caption) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    if not caption:
        return {}
    return {"caption": caption, **({"caption_entities": entities} if entities else {})}


def _sender(kind: str) -> Any:
    async def send(world: World, bot: Bot, parameters: Parameters) -> Fields:
        chat = find_chat(world, bot, parameters)
        captionless = kind in ("sticker", "video_note")
        caption = {} if captionless else caption_fields(parameters)
        content = from_parameters(world, parameters, kind, parameters.values.get(kind))
        return add_from_bot(world, bot, chat, parameters, {**content, **caption})

    return send


async def send_media_group(world: World, bot: Bot, parameters: Parameters) -> list[Fields]:
    """An album of 2 to 10 items; documents and audio only among themselves."""
    chat = find_chat(world, bot, parameters)
    media = parameters.structure("media")
    if not isinstance(media, list) or not 2 <= len(media) <= 10:
        raise bad_request("media must be an Array of 2-10 items")
    kinds = {str(item.get("type")) for item in media}
    if not kinds <= {"photo", "video", "document", "audio"}:
        raise bad_request("unsupported media type in the album")
    if len(kinds) > 1 and kinds & {"document", "audio"}:
        raise bad_request("documents and audio can't be mixed with other media types")
    contents = []
    for item in media:
        content = from_parameters(world, parameters, item["type"], item.get("media"))
        contents.append({**content, **caption_fields(Parameters(item, {}))})
    group = {"media_group_id": str(secrets.randbelow(10**17))}
    return [
        add_from_bot(world, bot, chat, parameters, {**group, **content}) for content in contents
    ]


async def send_location(world: World, bot: Bot, parameters: Parameters) -> Fields:
    """A point on the map."""
    chat = find_chat(world, bot, parameters)
    return add_from_bot(world, bot, chat, parameters, {"location": _point(parameters)})


def _point(parameters: Parameters) -> Fields:
    try:
        return {name: float(parameters.required(name)) for name in ("latitude", "longitude")}
    except ValueError:
        raise bad_request("latitude and longitude must be numbers") from None


async def send_venue(world: World, bot: Bot, parameters: Parameters) -> Fields:
    """A point on the map with its name and address."""
    chat = find_chat(world, bot, parameters)
    names = {name: parameters.required(name) for name in ("title", "address")}
    place = _point(parameters)
    content = {"venue": {"location": place, **names}, "location": place}
    return add_from_bot(world, bot, chat, parameters, content)


async def send_contact(world: World, bot: Bot, parameters: Parameters) -> Fields:
    """A phone number with a name."""
    chat = find_chat(world, bot, parameters)
    card = {name: parameters.required(name) for name in ("phone_number", "first_name")}
    if last := parameters.text("last_name"):
        card["last_name"] = last
    return add_from_bot(world, bot, chat, parameters, {"contact": card})


METHODS = {
    "sendMessage": send_message,
    "sendMediaGroup": send_media_group,
    "sendLocation": send_location,
    "sendVenue": send_venue,
    "sendContact": send_contact,
    **{f"send{kind.title().replace('_', '')}": _sender(kind) for kind in FOLDERS},
}

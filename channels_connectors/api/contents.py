"""A message of the other system's: who, where, what."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from channels_connectors.types import (
    ATTACHMENT_KINDS,
    MESSAGE_KINDS,
    InboundAttachment,
    InboundMessage,
    Json,
    Person,
    names,
)

from .fields import Fields

LONGEST_TEXT: Final = 100_000
LONGEST_CHAT: Final = 200
MOST_FILES: Final = 20
ENTITY_TYPES: Final = names(
    """
    bold italic underline strikethrough spoiler code pre blockquote text_link url mention hashtag
    email phone_number bot_command
    """
)
_DIRECTIONS: Final = names("incoming outgoing")
_MIMES: Final = {"image": "image/jpeg", "voice": "audio/ogg"}


def message(fields: Fields) -> InboundMessage:
    """`{type: "message", id, chat, from?, text?, attachments?, ...}`. Raises Wrong."""
    chat = chat_id(fields)
    text = fields.text("text", "", longest=LONGEST_TEXT)
    files = attachments(fields)
    payload = {**fields.document("payload"), **_location(fields), **_contact(fields)}
    direction: Any = fields.choice("direction", _DIRECTIONS, "incoming")
    writer = person(fields.part("from"), chat) if fields.has("from") else Person(chat)
    kind = fields.choice("kind", MESSAGE_KINDS, _kind(fields, files))
    if not (text or files or payload):
        raise fields.wrong("text", "a message needs a text, a file, a location or a payload")
    return InboundMessage(
        chat_id=chat,
        external_id=fields.text("id"),
        order=fields.count("order") or 0,
        sent_at=fields.maybe_moment("sent_at"),
        kind=kind,
        text=text,
        entities=entities(fields, text),
        sender=writer if direction == "incoming" else None,
        chat_name=_chat_name(fields),
        direction=direction,
        attachments=files,
        reply_to=fields.text("reply_to", ""),
        group_key=fields.text("group", "", longest=100),
        payload=payload,
        referral=fields.document("referral") or None,
    )


def chat_id(fields: Fields) -> str:
    """The chat's id: `"c1"` or `{"id": "c1", "name": "Family"}`."""
    if isinstance(fields.values.get("chat"), dict):
        return fields.part("chat").text("id", longest=LONGEST_CHAT)
    return fields.text("chat", longest=LONGEST_CHAT)


def person(fields: Fields, chat: str) -> Person:
    """Who somebody is; without an id the one whose chat this is."""
    return Person(
        external_id=fields.text("id", chat, longest=LONGEST_CHAT),
        name=fields.text("name", "", longest=200),
        username=fields.text("username", "", longest=100),
        language=fields.text("language", "", longest=20),
        phone=fields.text("phone", "", longest=40),
        email=fields.text("email", "", longest=254),
        is_bot=fields.flag("is_bot", default=False),
    )


def entities(fields: Fields, text: str) -> list[Json]:
    """The text's formatting; offsets and lengths in UTF-16 units."""
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    found = []
    for part in fields.parts("entities", 500):
        kind = part.choice("type", ENTITY_TYPES)
        offset, length = part.count("offset"), part.count("length")
        if offset is None or not length or offset + length > units:
            raise part.wrong("offset", "must lie within the text, with a length")
        url = {"url": part.text("url", longest=2000)} if kind == "text_link" else {}
        found.append({"type": kind, "offset": offset, "length": length, **url})
    return found


def attachments(fields: Fields) -> tuple[InboundAttachment, ...]:
    """Files by their address (`url`) or their bytes (`data`, base64)."""
    return tuple(_attachment(part) for part in fields.parts("attachments", MOST_FILES))


def _attachment(fields: Fields) -> InboundAttachment:
    kind = fields.choice("kind", ATTACHMENT_KINDS, "file")
    if fields.has("url") == fields.has("data"):
        raise fields.wrong("url", "a file needs either a url or data")
    if fields.has("url"):
        address = fields.text("url", longest=2000)
        if not address.startswith(("https://", "http://")):
            raise fields.wrong("url", "must begin with https://")
        reference, size = {"url": address}, fields.count("size")
    else:
        data = fields.text("data", longest=4 * 1024 * 1024)
        try:
            size = len(base64.b64decode(data, validate=True))
        except (binascii.Error, ValueError):
            raise fields.wrong("data", "is not base64") from None
        reference = {"data": data}
    return InboundAttachment(
        kind=kind,
        reference=reference,
        name=fields.text("name", ""),
        mime=fields.text("mime", _MIMES.get(kind, ""), longest=100),
        size=size,
        width=fields.count("width"),
        height=fields.count("height"),
        duration=fields.count("duration"),
    )


def _kind(fields: Fields, files: tuple[InboundAttachment, ...]) -> str:
    if files:
        return files[0].kind
    if fields.has("location"):
        return "location"
    return "contact" if fields.has("contact") else "text"


def _location(fields: Fields) -> Json:
    if not fields.has("location"):
        return {}
    place = fields.part("location")
    latitude, longitude = place.number("latitude"), place.number("longitude")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise place.wrong("latitude", "is not a place on Earth")
    told = {name: place.text(name, "", longest=300) for name in ("title", "address")}
    words = {name: value for name, value in told.items() if value}
    return {"latitude": latitude, "longitude": longitude, **words}


def _contact(fields: Fields) -> Json:
    if not fields.has("contact"):
        return {}
    part = fields.part("contact")
    return {"phone": part.text("phone", longest=40), "name": part.text("name", "", longest=200)}


def _chat_name(fields: Fields) -> str:
    if not isinstance(fields.values.get("chat"), dict):
        return ""
    return fields.part("chat").text("name", "", longest=200)

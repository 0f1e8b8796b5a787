"""What a VK message holds: its kind, its words, its files and what is needed to draw it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import orjson

from channels_connectors.types import InboundAttachment

from .attachments import Found, collect
from .keyboards import unwrapped
from .people import Fields, number, page
from .texts import Entity, Text

# VK nests forwarded messages without an end; deeper ones are only counted.
_DEEPEST: Final = 4


class Content(NamedTuple):
    """All that is shown of a message."""

    kind: str
    text: str
    entities: list[Entity]
    attachments: tuple[InboundAttachment, ...]
    payload: Fields


def content(message: Fields) -> Content:
    """What this message holds. Content that we do not know is named, never dropped."""
    text, found = Text(), Found()
    unread, nothing = found.unread, Fields()
    text.add(str(message.get("text") or ""))
    _gather(message, text, found)
    _add_forwarded(message, text, found)
    payload = {
        **found.payload,
        **unread.attempt("geo", message.get("geo"), _place, nothing),
        **_button(message.get("payload")),
    }
    if found.unknown:
        payload["field"] = found.unknown[0]
    if message.get("is_cropped"):
        payload["is_cropped"] = True
    action = unread.attempt("action", message.get("action"), _action, nothing)
    kind = _kind(action, text, found, payload)
    payload = unread.added_to({**payload, **action})
    return Content(kind, text.text, text.entities, tuple(found.files), payload)


def button_payload(raw: Any) -> Fields:
    """What a button carries: its data as text, and the command in it."""
    return _button(raw)


def _gather(message: Fields, text: Text, found: Found) -> None:
    before = len(found.shared)
    attachments = message.get("attachments")
    found.unread.attempt("attachments", attachments, lambda it: collect(it or [], found), None)
    for title, url, _kind_of_thing in found.shared[before:]:
        text.add(title, "text_link", url)


def _add_forwarded(message: Fields, text: Text, found: Found, depth: int = 1) -> None:
    authors: list[str] = []

    def add(forwarded: Fields) -> None:
        words = str(forwarded.get("text") or "")
        author = forwarded.get("from_id")
        if known := found.unread.attempt("from_id", author, lambda it: page(number(it)), ""):
            authors.append(known)
        text.add(words, "blockquote")
        _gather(forwarded, text, found)
        if depth < _DEEPEST:
            _add_forwarded(forwarded, text, found, depth + 1)

    found.unread.each("fwd_messages", message.get("fwd_messages"), add)
    if authors and depth == 1:
        found.payload["forwarded_from"] = ", ".join(dict.fromkeys(authors))[:200]


def _kind(action: Fields, text: Text, found: Found, payload: Fields) -> str:
    if action:
        return "system"
    if found.files:
        return found.files[0].kind
    if "latitude" in payload:
        return "location"
    if text.text:
        return "text"
    payload.setdefault("field", "empty")
    return "unsupported"


def _action(action: Fields | None) -> Fields:
    if not action:
        return {}
    facts: Fields = {"event": str(action["type"])}
    if title := action.get("text"):
        facts["title"] = str(title)
    if (member := action.get("member_id")) is not None:
        facts["names"] = [page(number(member))]
    return facts


def _place(geo: Fields | None) -> Fields:
    if not geo:
        return {}
    point, place = geo["coordinates"], geo.get("place") or {}
    facts: Fields = {
        "latitude": float(point["latitude"]),
        "longitude": float(point["longitude"]),
    }
    if title := place.get("title"):
        facts["title"] = str(title)
    if address := place.get("address") or place.get("city"):
        facts["address"] = str(address)
    return facts


def _button(raw: Any) -> Fields:
    if not raw:
        return {}
    # VK documents text and sends objects for callback buttons.
    data = raw if isinstance(raw, str) else orjson.dumps(raw, option=orjson.OPT_SORT_KEYS).decode()
    facts: Fields = {"button": data}
    try:
        told = orjson.loads(data)
    except ValueError:
        return facts
    if (value := unwrapped(told)) is not None:
        return {"button": value}
    if isinstance(told, dict) and isinstance(told.get("command"), str):
        facts["command"] = told["command"]
    return facts

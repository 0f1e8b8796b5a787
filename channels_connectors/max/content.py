"""What a message of MAX's holds: its kind, its words, its files and what is needed to draw it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from channels_connectors.splitting import Entity, utf16_length
from channels_connectors.types import InboundAttachment

from .attachments import Found, collect
from .markup import entities
from .people import Fields, full_name

_LONGEST_QUOTE: Final = 300


class Content(NamedTuple):
    """All that is shown of a message."""

    kind: str
    text: str
    entities: list[Entity]
    attachments: tuple[InboundAttachment, ...]
    payload: Fields
    reply_to: str


def content(message: Fields) -> Content:
    """What this message holds. Content that we do not know is named, never dropped."""
    text, found = _Text(), Found()
    body, author = message.get("body") or {}, message.get("sender")
    text.add(body, found)
    collect(body.get("attachments"), author, found)
    payload: Fields = {}
    found.unread.attempt(
        "link",
        message.get("link"),
        lambda link: _add_linked(link or {}, text, found, payload),
        None,
    )
    for title, url in found.shared:
        text.add_link(title, url)
    if address := message.get("url"):
        payload["url"] = str(address)
    payload |= found.payload
    if found.unknown:
        payload["field"] = found.unknown[0]
    kind = _kind(text, found, payload)
    replied = payload.pop("replied", "")
    payload = found.unread.added_to(payload)
    return Content(kind, text.text, text.entities, tuple(found.files), payload, replied)


def _add_linked(link: Fields, text: _Text, found: Found, payload: Fields) -> None:
    """What was forwarded, or what is answered."""
    linked = link.get("message") or {}
    if link.get("type") == "forward":
        payload["forwarded_from"] = found.unread.attempt(
            "link.sender", link.get("sender"), lambda it: full_name(it or {})[:200], ""
        )
        text.add(linked, found, quoted=bool(text.text))
        # A card that is passed on proves nothing.
        collect(linked.get("attachments"), None, found)
    elif quote := str(linked.get("text") or ""):
        payload["quote"] = quote[:_LONGEST_QUOTE]
    if link.get("type") == "reply":
        payload["replied"] = str(linked.get("mid") or "")


def keyboard_rows(message: Fields) -> Any:
    """The rows of buttons under a message, in MAX's form; None where there are none."""
    for attachment in (message.get("body") or {}).get("attachments") or ():
        if attachment.get("type") == "inline_keyboard":
            return (attachment.get("payload") or {}).get("buttons")
    return None


def _kind(text: _Text, found: Found, payload: Fields) -> str:
    if found.files:
        return found.files[0].kind
    if found.kind:
        return found.kind
    if text.text:
        return "text"
    payload.setdefault("field", "empty")
    return "unsupported"


class _Text:
    """A text in the making, with its formatting beside it."""

    def __init__(self) -> None:
        self.text = ""
        self.entities: list[Entity] = []

    def add(self, body: Fields, found: Found, *, quoted: bool = False) -> None:
        """Append what a body says, with its formatting; `quoted` sets it apart."""
        words = str(body.get("text") or "")
        if not words:
            return
        start = self._begin()
        self.text += words
        if quoted:
            self._mark("blockquote", start)
        nothing: list[Entity] = []
        self.entities += [
            {**entity, "offset": entity["offset"] + start}
            for entity in found.unread.attempt(
                "markup", body.get("markup"), lambda it: entities(words, it), nothing
            )
        ]

    def add_link(self, title: str, url: str) -> None:
        """Append a shown link, unless the text has its address already."""
        if url in self.text:
            return
        start = self._begin()
        self.text += title
        self._mark("text_link", start, url=url)

    def _begin(self) -> int:
        if self.text:
            self.text += "\n"
        return utf16_length(self.text)

    def _mark(self, kind: str, start: int, **facts: str) -> None:
        length = utf16_length(self.text) - start
        self.entities.append({"type": kind, "offset": start, "length": length, **facts})

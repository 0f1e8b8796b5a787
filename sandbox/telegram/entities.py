"""Formatting: tags to entities, and the links and commands that the server finds by itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from .refusals import bad_request

Entity = dict[str, Any]

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
_TYPES = frozenset(_TAGS.values()) | {
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "text_mention",
    "custom_emoji",
    "expandable_blockquote",
}
_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>]+[^\s<>.,;:!?)\]»”'\"])"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?<![\w/])(?P<bot_command>/[a-z][a-z0-9_]{0,31})"
    r"|(?<!\w)(?P<mention>@[A-Za-z]\w{3,31})"
    r"|(?<!\w)(?P<hashtag>#\w+)",
    re.IGNORECASE,
)


def units(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def formatted(text: str, mode: str, given: list[Entity] | None) -> tuple[str, list[Entity]]:
    """The plain text and its entities."""
    if given is None and mode.lower() == "html":
        text, explicit = _from_html(text)
    elif given is None and mode:
        raise bad_request("the sandbox reads parse_mode HTML or entities only")
    else:
        explicit = [_checked(entity, units(text)) for entity in given or []]
    return text, sorted(explicit + _found(text, explicit), key=lambda entity: entity["offset"])


def _checked(entity: Entity, length: int) -> Entity:
    if entity.get("type") not in _TYPES:
        raise bad_request("can't parse MessageEntity: unsupported type")
    if not 0 <= entity["offset"] < entity["offset"] + entity["length"] <= length:
        raise bad_request("entity beyond the end of the text")
    return entity


def _found(text: str, taken: list[Entity]) -> list[Entity]:
    found = []
    for match in _FOUND.finditer(text):
        offset, length = units(text[: match.start()]), units(match[0])
        if not any(
            other["type"] in ("code", "pre", "text_link", match.lastgroup)
            and other["offset"] < offset + length
            and offset < other["offset"] + other["length"]
            for other in taken
        ):
            found.append({"type": match.lastgroup, "offset": offset, "length": length})
    return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.entities: list[Entity] = []
        self._open: list[tuple[str, Entity]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}"')
        entity: Entity = {"type": _TAGS[tag], "offset": units(self.text)}
        if tag == "a":
            entity["url"] = dict(attributes).get("href") or ""
        self._open.append((tag, entity))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            raise bad_request(f'can\'t parse entities: Unexpected end tag "{tag}"')
        entity = self._open.pop()[1]
        entity["length"] = units(self.text) - entity["offset"]
        if entity["length"]:
            self.entities.append(entity)

    def handle_data(self, data: str) -> None:
        self.text += data

    def finish(self) -> None:
        self.close()
        if self._open:
            raise bad_request(f"can't parse entities: Can't find end tag of {self._open[-1][0]}")


def _from_html(text: str) -> tuple[str, list[Entity]]:
    reader = _Reader()
    reader.feed(text)
    reader.finish()
    return reader.text, reader.entities

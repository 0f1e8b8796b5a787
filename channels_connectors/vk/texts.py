"""VK's texts: mentions become links, and what is shared or forwarded stays readable.

Offsets are in UTF-16 code units.
"""

from __future__ import annotations

import re
from typing import Any, Final

Entity = dict[str, Any]

# [id1|Name], [club1|Name] and links of the same form.
_MENTION: Final = re.compile(
    r"\[((?:id|club|public|event)\d{1,20}|https://[^\s\]|]{1,500})\|([^\]]{1,500})\]"
)


class Text:
    """A text in the making, with its formatting beside it."""

    def __init__(self) -> None:
        self.text = ""
        self.entities: list[Entity] = []

    def add(self, raw: str, kind: str = "", url: str = "") -> None:
        """Append a paragraph; `kind` formats the whole of it, mentions in it become links."""
        if not raw:
            return
        if self.text:
            self.text += "\n"
        start = utf16_length(self.text)
        self._append(raw)
        if kind:
            entity: Entity = {
                "type": kind,
                "offset": start,
                "length": utf16_length(self.text) - start,
            }
            self.entities.append({**entity, "url": url} if url else entity)

    def _append(self, raw: str) -> None:
        place = 0
        for found in _MENTION.finditer(raw):
            self.text += raw[place : found.start()]
            target, shown = found.groups()
            self.entities.append(
                {
                    "type": "text_link",
                    "offset": utf16_length(self.text),
                    "length": utf16_length(shown),
                    "url": target if ":" in target else f"https://vk.com/{target}",
                }
            )
            self.text += shown
            place = found.end()
        self.text += raw[place:]


def utf16_length(text: str) -> int:
    """How many UTF-16 code units a text has: two for each character beyond the basic plane."""
    return len(text) + sum(character > "\uffff" for character in text)


def plain(text: str, entities: list[Entity]) -> str:
    """The text as VK can show it: without formatting, with the addresses of hidden links told."""
    links = [
        (entity["offset"] + entity["length"], str(entity["url"]))
        for entity in entities
        if entity.get("type") == "text_link" and entity.get("url")
    ]
    units = text.encode("utf-16-le")
    for end, url in sorted(links, reverse=True):
        if url not in text:
            units = units[: end * 2] + f" ({url})".encode("utf-16-le") + units[end * 2 :]
    return units.decode("utf-16-le", "replace")

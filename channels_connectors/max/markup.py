"""MAX's formatting: read from markup elements, written as its HTML.

Offsets and lengths are in UTF-16 code units on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any, Final

from channels_connectors.splitting import Entity, Piece, split, utf16_length

Fields = dict[str, Any]

_TYPES: Final = {
    "strong": "bold",
    "emphasized": "italic",
    "underline": "underline",
    "strikethrough": "strikethrough",
    "quote": "blockquote",
    # We have no word for these two; bold keeps them standing out.
    "heading": "bold",
    "highlighted": "bold",
}
_TAGS: Final = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
FORMATS: Final = frozenset({*_TAGS, "text_link"})
_MORE_ROOM: Final = 0.6


def entities(text: str, markup: Any) -> list[Entity]:
    """The elements of a message as our entities, in order; what lies outside is left out."""
    length = utf16_length(text)
    found = []
    for element in markup or ():
        begins, ends = element["from"], element["from"] + element["length"]
        entity = _entity(element, text)
        if entity is None or not 0 <= begins < ends <= length:
            continue
        found.append({**entity, "offset": begins, "length": ends - begins})
    return sorted(found, key=lambda entity: (entity["offset"], -entity["length"]))


def _entity(element: Fields, text: str) -> Entity | None:
    kind = str(element["type"])
    if kind == "monospaced":
        return {"type": "pre" if "\n" in _covered(element, text) else "code"}
    if kind == "link":
        return {"type": "text_link", "url": str(element["url"])}
    if kind == "user_mention":
        link = str(element.get("user_link") or "").lstrip("@")
        if not link and element.get("user_id") is None:
            return {"type": "mention"}
        url = f"https://max.ru/{link}" if link else f"max://user/{element['user_id']}"
        return {"type": "text_link", "url": url}
    return {"type": _TYPES[kind]} if kind in _TYPES else None


def _covered(element: Fields, text: str) -> str:
    units = text.encode("utf-16-le", "surrogatepass")
    return units[element["from"] * 2 : (element["from"] + element["length"]) * 2].decode(
        "utf-16-le", "replace"
    )


def pieces(text: str, formatting: list[Entity], limit: int) -> list[Fields]:
    """`{text, format?}` of one message each, written in at most `limit` UTF-16 units."""
    found: list[Fields] = []
    for piece in split(text, formatting, limit):
        found += _fitting(piece, limit)
    return found


def _fitting(piece: Piece, limit: int) -> Iterator[Fields]:
    """Tags count towards MAX's limit, so a piece full of them is cut once more."""
    written = html(piece.text, piece.entities)
    if written is None:
        yield {"text": piece.text}
    elif utf16_length(written) <= limit:
        yield {"text": written, "format": "html"}
    elif (room := int(utf16_length(piece.text) * _MORE_ROOM)) < 2:
        # One character that is all tags: the words are worth more than their looks.
        yield {"text": piece.text}
    else:
        for part in split(piece.text, piece.entities, room):
            yield from _fitting(part, limit)


def html(text: str, formatting: list[Entity]) -> str | None:
    """The text with tags, always properly nested; None where nothing is to be formatted."""
    spans = [span for entity in formatting if (span := _span(entity))]
    if not spans:
        return None
    units = text.encode("utf-16-le", "surrogatepass")
    edges = sorted(
        {0, len(units) // 2}
        | {begins for begins, _ends, _open, _close in spans}
        | {ends for _begins, ends, _open, _close in spans}
    )
    # The longest first, so that it is the outermost.
    spans.sort(key=lambda span: (span[0], -span[1]))
    written: list[str] = []
    is_open: list[tuple[int, int, str, str]] = []
    for begins, ends in zip(edges, [*edges[1:], edges[-1]], strict=True):
        again = _close(is_open, begins, written)
        for span in [*again, *(span for span in spans if span[0] == begins)]:
            written.append(span[2])
            is_open.append(span)
        shown = units[begins * 2 : ends * 2].decode("utf-16-le", "replace")
        written.append(escape(shown, quote=False))
    return "".join(written)


def _close(
    is_open: list[tuple[int, int, str, str]], place: int, written: list[str]
) -> list[tuple[int, int, str, str]]:
    """Close what ends here, and what lies inside of it; returns what must be opened again."""
    again: list[tuple[int, int, str, str]] = []
    while any(span[1] <= place for span in is_open):
        span = is_open.pop()
        written.append(span[3])
        if span[1] > place:
            again.insert(0, span)
    return again


def _span(entity: Entity) -> tuple[int, int, str, str] | None:
    kind, begins = entity.get("type"), entity["offset"]
    ends = begins + entity["length"]
    if ends <= begins:
        return None
    if kind == "text_link" and entity.get("url"):
        return begins, ends, f'<a href="{escape(str(entity["url"]))}">', "</a>"
    tag = _TAGS.get(str(kind))
    return (begins, ends, f"<{tag}>", f"</{tag}>") if tag else None

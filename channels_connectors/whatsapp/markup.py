"""Formatting as WhatsApp writes it: *bold*, _italic_, ~struck~, `code`, ```lines of it```, > quote.

WhatsApp has no sign that makes the next one mean nothing. So we put a sign only where it is read as
one: inside of one line, not next to a blank, and not around a text that holds the sign itself;
that stays plain. Signs that somebody typed stay as typed, and mean what they mean to WhatsApp.

Offsets are in UTF-16 code units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from channels_connectors.splitting import Piece, split, utf16_length

Entity = dict[str, Any]

FORMATS: Final = frozenset(
    {"bold", "italic", "strikethrough", "code", "pre", "blockquote", "text_link", "url"}
)

# From the outermost in, where several cover the same words.
_SIGNS: Final = {"bold": "*", "italic": "_", "strikethrough": "~", "code": "`", "pre": "```"}
_ORDER: Final = tuple(_SIGNS)
_CODES: Final = frozenset({"code", "pre"})
_LINE: Final = re.compile(r"[^\n]+")


class _Mark(NamedTuple):
    """A sign around a part of the text; places are indexes of characters."""

    start: int
    end: int
    rank: int
    sign: str


def render(text: str, entities: list[Entity]) -> str:
    """The text with its formatting in WhatsApp's signs; hidden addresses are told in brackets."""
    if not entities:
        return text
    places = _places(text)
    marks = sorted(set(_marks(text, entities, places)))
    inserts: list[tuple[int, int, int, str]] = []
    for mark in marks:
        length = mark.end - mark.start
        # At one place closing signs go before opening ones, inner ones first.
        inserts.append((mark.start, 1, mark.rank - length * len(_ORDER), mark.sign))
        inserts.append((mark.end, 0, length * len(_ORDER) - mark.rank, mark.sign))
    inserts += _links(text, entities, places)
    inserts += _quotes(text, entities, places)
    written, place = [], 0
    for at, _side, _order, sign in sorted(inserts):
        written += [text[place:at], sign]
        place = at
    return "".join([*written, text[place:]])


def pieces(text: str, entities: list[Entity], limit: int) -> list[str]:
    """The rendered text as messages of at most `limit` UTF-16 units, none of them blank."""
    return [written for piece in split(text, entities, limit) for written in _fitting(piece, limit)]


def _fitting(piece: Piece, limit: int) -> list[str]:
    """The signs take room too: what they make too long is cut in halves until it fits."""
    written = render(piece.text, piece.entities)
    length = utf16_length(piece.text)
    if utf16_length(written) <= limit:
        return [written]
    if length < 4:
        return [piece.text]
    halves = split(piece.text, piece.entities, (length + 1) // 2)
    return [found for half in halves for found in _fitting(half, limit)]


def _marks(text: str, entities: list[Entity], places: list[int]) -> Iterator[_Mark]:
    codes = [_span(entity, places) for entity in entities if entity.get("type") in _CODES]
    for entity in entities:
        kind = str(entity.get("type"))
        if kind not in _SIGNS:
            continue
        start, end = _span(entity, places)
        if kind not in _CODES and any(start < last and first < end for first, last in codes):
            continue
        sign = _SIGNS[kind]
        spans = [(start, end)] if kind == "pre" else _lines(text, start, end)
        for first, last in spans:
            inside = text[first:last]
            lead = len(inside) - len(inside.lstrip())
            inside = inside.strip()
            if inside and sign not in inside:
                first += lead
                yield _Mark(first, first + len(inside), _ORDER.index(kind), sign)


def _links(
    text: str, entities: list[Entity], places: list[int]
) -> Iterator[tuple[int, int, int, str]]:
    for entity in entities:
        url = str(entity.get("url") or "")
        if entity.get("type") == "text_link" and url and url not in text:
            # After the closing signs of what it belongs to.
            yield _span(entity, places)[1], 0, 1 << 40, f" ({url})"


def _quotes(
    text: str, entities: list[Entity], places: list[int]
) -> Iterator[tuple[int, int, int, str]]:
    starts = set()
    for entity in entities:
        if entity.get("type") == "blockquote":
            start, end = _span(entity, places)
            # Only the beginning of a line makes a quote.
            starts |= {first for first, _ in _lines(text, start, end) if _begins_line(text, first)}
    for start in starts:
        yield start, 0, 1 << 41, "> "


def _begins_line(text: str, place: int) -> bool:
    return place == 0 or text[place - 1] == "\n"


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [(found.start(), found.end()) for found in _LINE.finditer(text, start, end)]


def _places(text: str) -> list[int]:
    """The index of the character at each UTF-16 unit, and of the end."""
    places = []
    for index, character in enumerate(text):
        places += [index] * (2 if character > "\uffff" else 1)
    return [*places, len(text)]


def _span(entity: Entity, places: list[int]) -> tuple[int, int]:
    last = len(places) - 1
    start = min(max(int(entity.get("offset") or 0), 0), last)
    end = min(start + max(int(entity.get("length") or 0), 0), last)
    return places[start], places[end]

"""A text cut into pieces that a platform takes, with its formatting cut along.

Lengths are in UTF-16 code units, as entities count them. Where a platform's limit counts
characters, of which a text never has more, a piece that fits here fits there.
"""

from __future__ import annotations

from typing import Any, NamedTuple

Entity = dict[str, Any]

# Where to cut, best first: between paragraphs, lines, sentences, words.
_BREAKS = ("\n\n", "\n", ". ", "! ", "? ", "… ", " ")
# A cut this early would leave a stub, so the next kind of break is tried.
_SHORTEST_PIECE = 0.4


class Piece(NamedTuple):
    """One message's text and its entities."""

    text: str
    entities: list[Entity]


def split(text: str, entities: list[Entity], limit: int) -> list[Piece]:
    """Pieces of at most `limit` UTF-16 units, none of them blank."""
    pieces: list[Piece] = []
    start = 0
    while start < len(text):
        end = _end(text, start, limit)
        piece = _piece(text, entities, start, end)
        if piece.text:
            pieces.append(piece)
        start = end
    return pieces


def utf16_length(text: str) -> int:
    """How many UTF-16 code units a text has: two for each character beyond the basic plane."""
    return len(text) + sum(character > "\uffff" for character in text)


def _end(text: str, start: int, limit: int) -> int:
    """Where the piece that begins at `start` ends, as an index of `text`."""
    end, units = start, 0
    while end < len(text):
        units += 2 if text[end] > "\uffff" else 1
        if units > limit:
            break
        end += 1
    else:
        return end
    for mark in _BREAKS:
        cut = text.rfind(mark, start, end)
        if cut > start + (end - start) * _SHORTEST_PIECE:
            return cut + len(mark)
    return end


def _piece(text: str, entities: list[Entity], start: int, end: int) -> Piece:
    raw = text[start:end]
    stripped = raw.strip()
    begin = start + len(raw) - len(raw.lstrip())
    first = utf16_length(text[:begin])
    last = first + utf16_length(stripped)
    inside = []
    for entity in entities:
        opens = max(entity["offset"], first)
        closes = min(entity["offset"] + entity["length"], last)
        if closes > opens:
            inside.append({**entity, "offset": opens - first, "length": closes - opens})
    return Piece(stripped, inside)

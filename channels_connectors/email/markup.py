"""A text with entities as the HTML of a letter.

Offsets and lengths count UTF-16 code units; see `channels_connectors.types.inbound`.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import Any, Final
from urllib.parse import urlsplit

_TAGS: Final = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "code": ("<code>", "</code>"),
    "pre": ("<code>", "</code>"),
    "blockquote": ("<q>", "</q>"),
}
FORMATS: Final = " ".join([*_TAGS, "text_link url email phone_number"])
_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})


def page(text: str, entities: list[dict[str, Any]], signature: str) -> str:
    """The letter's HTML part."""
    written = _marked(text, entities).replace("\n", "<br>\n")
    if signature:
        written += (
            f"<br>\n<br>\n--&nbsp;<br>\n{escape(signature).replace(chr(10), '<br>' + chr(10))}"
        )
    return (
        f'<!doctype html><html><head><meta charset="utf-8"></head><body>{written}</body></html>\n'
    )


def plain(text: str, entities: list[dict[str, Any]]) -> str:
    """The letter's plain part: an address that hides behind words follows them in brackets."""
    units = text.encode("utf-16-le", "surrogatepass")
    told = set()
    for entity in entities:
        if entity.get("type") != "text_link" or not (span := _span(entity, units)):
            continue
        url = str(entity.get("url") or "")
        if url and url not in text:
            told.add((span[1], url))
    for end, url in sorted(told, reverse=True):
        units = units[: 2 * end] + f" ({url})".encode("utf-16-le") + units[2 * end :]
    return units.decode("utf-16-le", "replace")


def _marked(text: str, entities: list[dict[str, Any]]) -> str:
    units = text.encode("utf-16-le", "surrogatepass")
    spans = [span for entity in entities if (span := _span(entity, units))]
    edges = sorted(
        {0, len(units) // 2, *(edge for start, end, *_ in spans for edge in (start, end))}
    )
    pieces = []
    for start, end in pairwise(edges):
        around = [span for span in spans if span[0] <= start and end <= span[1]]
        piece = escape(units[2 * start : 2 * end].decode("utf-16-le", "replace"))
        opened = "".join(span[2] for span in around)
        closed = "".join(span[3] for span in reversed(around))
        pieces.append(f"{opened}{piece}{closed}")
    return "".join(pieces)


def _span(entity: dict[str, Any], units: bytes) -> tuple[int, int, str, str] | None:
    try:
        start, kind = int(entity["offset"]), str(entity["type"])
        end = start + int(entity["length"])
    except (KeyError, TypeError, ValueError):
        return None
    if not 0 <= start < end <= len(units) // 2:
        return None
    if kind in _TAGS:
        return start, end, *_TAGS[kind]
    if kind in {"text_link", "url"}:
        shown = units[2 * start : 2 * end].decode("utf-16-le", "replace")
        target = str(entity.get("url") or shown)
        target = target if ":" in target.split("/", maxsplit=1)[0] else f"https://{target}"
        try:
            is_safe = urlsplit(target).scheme.lower() in _SCHEMES
        except ValueError:
            return None
        return (start, end, f'<a href="{escape(target)}">', "</a>") if is_safe else None
    return None

"""A message's text as HTML: escaped, with the formatting that its entities tell of.

Offsets and lengths of entities count UTF-16 code units. A text without links of its own gets the
web addresses in it made clickable.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

ADDRESS = re.compile(r"https?://[^\s<>\"'«»]+", re.IGNORECASE)
TRAILING = ".,;:!?)]}…"
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
TAGS = {
    "bold": "strong",
    "italic": "em",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "code",
    "blockquote": "q",
}
LINKS = frozenset({"url", "text_link", "email", "phone_number"})


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    open: str
    close: str


def render(text: str, entities: Iterable[dict[str, Any]] = ()) -> SafeString:
    """Safe HTML. Entities that make no sense are left out; the text is always whole."""
    units = text.encode("utf-16-le", "surrogatepass")
    spans = [span for entity in entities if (span := _span(entity, units))]
    if not any(span.open.startswith("<a ") for span in spans):
        spans += _addresses(text)
    edges = sorted({0, len(units) // 2, *(e for span in spans for e in (span.start, span.end))})
    pieces = []
    for start, end in pairwise(edges):
        around = [span for span in spans if span.start <= start and end <= span.end]
        piece = escape(_cut(units, start, end))
        opened = "".join(span.open for span in around)
        closed = "".join(span.close for span in reversed(around))
        pieces.append(f"{opened}{piece}{closed}")
    return mark_safe("".join(pieces))  # noqa: S308  every piece is escaped above


def _span(entity: dict[str, Any], units: bytes) -> _Span | None:
    try:
        start, length = int(entity["offset"]), int(entity["length"])
        kind = str(entity["type"])
    except (KeyError, TypeError, ValueError):
        return None
    end = start + length
    if not 0 <= start < end <= len(units) // 2:
        return None
    if kind in TAGS:
        return _Span(start, end, f"<{TAGS[kind]}>", f"</{TAGS[kind]}>")
    if kind == "spoiler":
        return _Span(start, end, '<span class="message__spoiler" tabindex="0">', "</span>")
    if kind in LINKS:
        return _link(start, end, _target(kind, str(entity.get("url") or ""), units, start, end))
    return None


def _target(kind: str, url: str, units: bytes, start: int, end: int) -> str:
    words = _cut(units, start, end)
    if kind == "email":
        return f"mailto:{words}"
    if kind == "phone_number":
        return "tel:" + "".join(letter for letter in words if letter.isdigit() or letter == "+")
    target = url or words
    return target if "://" in target or ":" in target.split("/")[0] else f"https://{target}"


def _link(start: int, end: int, target: str) -> _Span | None:
    try:
        scheme = urlsplit(target).scheme.lower()
    except ValueError:
        return None
    if scheme not in SCHEMES:
        return None
    opened = format_html('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">', target)
    return _Span(start, end, opened, "</a>")


def _addresses(text: str) -> list[_Span]:
    found = []
    for match in ADDRESS.finditer(text):
        address = match.group().rstrip(TRAILING)
        start = _units(text[: match.start()])
        span = _link(start, start + _units(address), address)
        if span:
            found.append(span)
    return found


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(units: bytes, start: int, end: int) -> str:
    return units[2 * start : 2 * end].decode("utf-16-le", "replace")

"""MAX's HTML as a text with markup: the tags that it knows count, all others are stripped."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

_TYPES = {
    "b": "strong",
    "strong": "strong",
    "i": "emphasized",
    "em": "emphasized",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "del": "strikethrough",
    "code": "monospaced",
    "pre": "monospaced",
    "mark": "highlighted",
    "h1": "heading",
    "blockquote": "quote",
    "a": "link",
}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.markup: list[dict[str, Any]] = []
        self._open: list[tuple[str, int, str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _TYPES:
            address = dict(attributes).get("href") or ""
            self._open.append((tag, _units(self.text), address))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            return
        _tag, start, address = self._open.pop()
        element: dict[str, Any] = {"type": _TYPES[tag], "from": start}
        element["length"] = _units(self.text) - start
        if tag == "a":
            element["url"] = address
        if element["length"]:
            self.markup.append(element)

    def handle_data(self, data: str) -> None:
        self.text += data


def read(text: str, written: str | None) -> dict[str, Any]:
    """`{text, markup?}` of a body's text in the format that is `written` beside it."""
    if written != "html":
        return {"text": text}
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return {"text": reader.text, **({"markup": reader.markup} if reader.markup else {})}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

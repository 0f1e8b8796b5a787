"""Formatting as one types it: `**bold**`, `__italic__`, `~~struck~~`, a code between backticks, and
`[words](https://…)`.

A sign counts only where it has its partner and stands next to the words that it is about; others
are what was typed. A backslash makes a sign mean nothing. Variables and addresses are taken whole.
"""

import re
from collections.abc import Sequence
from typing import Final

from inbox.outgoing import text_length
from marketing.formatting import Entity, Words

SIGNS: Final = {"bold": "**", "italic": "__", "strikethrough": "~~", "code": "`"}
_KINDS: Final = {sign: kind for kind, sign in SIGNS.items() if kind != "code"}
_ESCAPABLE: Final = "*_~`[]\\"
_ADDRESS: Final = r"https?://(?:\{\{[^{}]*\}\}|\([^\s()]*\)|(?!\{\{[^{}]*\}\})[^\s()])+"
_TOKEN: Final = re.compile(
    rf"\\(?P<escaped>[{re.escape(_ESCAPABLE)}])"
    r"|(?P<whole>\{\{[^{}]*\}\}|https?://[^\s<>\"«»{}|\\^`\[\]*~()]+(?<!_))"
    r"|`(?P<code>(?:\\.|[^`\\])+)`"
    r"|(?P<sign>\*\*|__|~~)"
    r"|(?P<opens>\[)"
    rf"|\]\((?P<url>{_ADDRESS})\)"
)
_ESCAPED: Final = re.compile(rf"\\([{re.escape(_ESCAPABLE)}])")


def parse(typed: str) -> Words:
    """The text that was meant, with its formatting. Whatever was typed can be read."""
    return _Reader(typed).read()


def write(words: Words) -> str:
    """How one would type it: `parse` makes the same words of it."""
    plain = _signed(words, escapes=False)
    return plain if _same(parse(plain), words) else _signed(words, escapes=True)


class _Reader:
    def __init__(self, typed: str) -> None:
        self._typed = typed
        self._pieces: list[str] = []
        # Signs that wait for their partner: (sign, number of its piece).
        self._open: list[tuple[str, int]] = []
        # (kind, number of the first piece, number of the one behind the last, url)
        self._spans: list[tuple[str, int, int, str]] = []

    def read(self) -> Words:
        place = 0
        for found in _TOKEN.finditer(self._typed):
            self._pieces.append(self._typed[place : found.start()])
            self._take(found)
            place = found.end()
        self._pieces.append(self._typed[place:])
        edges = [0]
        for piece in self._pieces:
            edges.append(edges[-1] + text_length(piece))
        spans = sorted(self._spans, key=lambda span: (span[1], -span[2]))
        return Words("".join(self._pieces), [_entity(span, edges) for span in spans])

    def _take(self, found: re.Match[str]) -> None:
        code = found["code"]
        if code and code.strip():
            self._spans.append(("code", len(self._pieces), len(self._pieces) + 1, ""))
            self._pieces.append(_ESCAPED.sub(r"\1", code))
        elif sign := found["sign"]:
            self._sign(sign, found)
        elif found["opens"]:
            self._open.append(("[", len(self._pieces)))
            self._pieces.append("[")
        elif found["url"]:
            self._link(found)
        else:
            self._pieces.append(found["escaped"] or found[0])

    def _sign(self, sign: str, found: re.Match[str]) -> None:
        behind = self._typed[found.end() : found.end() + 1]
        before = self._typed[found.start() - 1 : found.start()] if found.start() else ""
        if before.strip() and self._close(sign, _KINDS[sign]):
            self._pieces.append("")
            return
        if behind.strip():
            self._open.append((sign, len(self._pieces)))
        self._pieces.append(sign)

    def _link(self, found: re.Match[str]) -> None:
        if self._close("[", "text_link", found["url"]):
            self._pieces.append("")
        else:
            self._pieces.append(found[0])

    def _close(self, sign: str, kind: str, url: str = "") -> bool:
        """End what this sign began; signs in between that have no partner stay as typed."""
        places = [place for place, (known, _piece) in enumerate(self._open) if known == sign]
        if not places:
            return False
        first = self._open[places[-1]][1]
        if not "".join(self._pieces[first + 1 :]).strip():
            return False
        del self._open[places[-1] :]
        self._pieces[first] = ""
        self._spans.append((kind, first, len(self._pieces), url))
        return True


def _entity(span: tuple[str, int, int, str], edges: Sequence[int]) -> Entity:
    kind, first, last, url = span
    found: Entity = {"type": kind, "offset": edges[first], "length": edges[last] - edges[first]}
    return {**found, "url": url} if url else found


def _signed(words: Words, *, escapes: bool) -> str:
    units = words.text.encode("utf-16-le", "surrogatepass")
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    codes: list[tuple[int, int]] = []
    for entity in sorted(words.entities, key=lambda one: (one["offset"], -one["length"])):
        kind = str(entity["type"])
        if kind not in SIGNS and kind != "text_link":
            continue
        span = _trimmed(units, entity)
        if span is None:
            continue
        start, end = span
        if kind == "code":
            codes.append(span)
        before, after = (SIGNS[kind],) * 2 if kind in SIGNS else ("[", f"]({entity['url']})")
        opening.setdefault(start, []).append(before)
        closing.setdefault(end, []).insert(0, after)
    edges = sorted({0, len(units) // 2, *opening, *closing})
    written: list[str] = []
    for start, end in zip(edges, [*edges[1:], edges[-1]], strict=True):
        written += closing.get(start, []) + opening.get(start, [])
        piece = units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")
        if escapes:
            is_code = any(first <= start and end <= last for first, last in codes)
            piece = _escaped(piece, is_code=is_code)
        written.append(piece)
    return "".join(written)


def _trimmed(units: bytes, entity: Entity) -> tuple[int, int] | None:
    """A sign stands next to a word: without the space at the edges. None for space alone."""
    start, end = entity["offset"], entity["offset"] + entity["length"]
    piece = units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")
    if not piece.strip():
        return None
    start += text_length(piece) - text_length(piece.lstrip())
    return start, start + text_length(piece.strip())


def _escaped(piece: str, *, is_code: bool) -> str:
    if is_code:
        return re.sub(r"[`\\]", r"\\\g<0>", piece)
    parts = re.split(r"(\{\{[^{}]*\}\}|https?://[^\s<>\"«»{}|\\^`\[\]*~()]+(?<!_))", piece)
    # Every second one is a variable or an address.
    return "".join(
        part if number % 2 else re.sub(rf"[{re.escape(_ESCAPABLE)}]", r"\\\g<0>", part)
        for number, part in enumerate(parts)
    )


def _same(one: Words, other: Words) -> bool:
    return one.text == other.text and _plain(one) == _plain(other)


def _plain(words: Words) -> list[tuple[str, int, int]]:
    units = words.text.encode("utf-16-le", "surrogatepass")
    spans = [(str(one["type"]), _trimmed(units, one)) for one in words.entities]
    return sorted((kind, *span) for kind, span in spans if span)

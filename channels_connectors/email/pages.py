"""HTML letters as text."""

from __future__ import annotations

import re
from typing import Any, Final

# Where a letter that is answered or forwarded begins, in the mailers that mark it.
_QUOTES: Final = (
    "//blockquote",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' gmail_quote ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' gmail_extra ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' yahoo_quoted ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' moz-cite-prefix ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' protonmail_quote ')]",
)
_REST: Final = ("//*[@id='divRplyFwdMsg']", "//*[@id='appendonsend']", "//*[@id='stopSpelling']")
_UNSEEN: Final = "//script|//style|//head|//title|//meta|//link|//object|//template|//comment()"
_FORWARDED: Final = re.compile(
    r"forwarded message|пересылаемое сообщение|пересланное сообщение", re.IGNORECASE
)
# What is longer is cut before it is parsed: nobody reads it in a bubble.
LONGEST: Final = 2_000_000
_REMOTE: Final = re.compile(
    r"""(?:\bsrc\s*=\s*["']?\s*|\bbackground\s*=\s*["']?\s*)(?:https?:)?//""", re.IGNORECASE
)


def text_of(html: str) -> str:
    """The words of a page, without what it quotes where something else is left."""
    tree = _parsed(html)
    if tree is None:
        return ""
    _remove(tree.xpath(_UNSEEN))
    whole = _words(tree)
    if _FORWARDED.search(whole):
        return whole
    for path in _REST:
        for found in tree.xpath(path):
            _remove([*found.itersiblings(), found])
    for path in _QUOTES:
        _remove(tree.xpath(path))
    return _words(tree) or whole


def has_remote_pictures(html: str) -> bool:
    """Whether it would fetch pictures from elsewhere, were it let."""
    return bool(_REMOTE.search(html[:LONGEST]))


def _parsed(html: str) -> Any:
    from lxml import etree
    from lxml import html as pages

    try:
        return pages.document_fromstring(
            _legal(html[:LONGEST]), parser=pages.HTMLParser(encoding="utf-8", remove_pis=True)
        )
    except (etree.LxmlError, ValueError, AssertionError, RecursionError):
        return None


def _words(tree: Any) -> str:
    from inscriptis import Inscriptis
    from inscriptis.model.config import ParserConfig

    try:
        found = Inscriptis(tree, ParserConfig()).get_text()
    except (RecursionError, ValueError, AttributeError, IndexError, TypeError):
        found = "\n".join(tree.itertext())
    lines = [" ".join(line.replace("\xa0", " ").split()) for line in found.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _remove(elements: list[Any]) -> None:
    for element in elements:
        parent = element.getparent()
        if parent is None or element.tag in {"html", "body"}:
            continue
        # The words after it are not its own.
        if element.tail:
            before = element.getprevious()
            if before is not None:
                before.tail = (before.tail or "") + element.tail
            else:
                parent.text = (parent.text or "") + element.tail
        parent.remove(element)


def _legal(html: str) -> bytes:
    """Without the control characters that XML forbids, and in the one encoding that we name."""
    cleaned = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", " ", html)
    return cleaned.encode("utf-8", "replace") or b"<p></p>"

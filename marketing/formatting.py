"""Formatting of a broadcast's words, in the form of messages: `{type, offset, length, url?}`.

Offsets and lengths count UTF-16 code units. Formats may stand inside of each other and never cross;
inside of `code` there is none.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from inbox.outgoing import text_length

Entity = dict[str, Any]

KINDS: Final = ("bold", "italic", "strikethrough", "code", "text_link")
MOST_ENTITIES: Final = 500
LONGEST_URL: Final = 2000


@dataclass(frozen=True, slots=True)
class Words:
    """A text and its formatting."""

    text: str = ""
    entities: Sequence[Entity] = ()

    def __bool__(self) -> bool:
        return bool(self.text)

    def with_urls(self, change: Callable[[str], str]) -> "Words":
        """The same with the addresses behind its links changed."""
        if not self.entities:
            return self
        return Words(
            self.text,
            [
                {**entity, "url": change(entity["url"])} if "url" in entity else entity
                for entity in self.entities
            ],
        )


def reset(known: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is set, with no formatting left on a text that is changed without it."""
    found = dict(values)
    if "text" in found and "entities" not in found and found["text"] != known.text:
        found["entities"] = []
    if "texts" in found and "texts_entities" not in found:
        found["texts_entities"] = {
            key: entities
            for key, entities in known.texts_entities.items()
            if found["texts"].get(key) == known.texts.get(key)
        }
    return found


def urls_of(entities: Iterable[Mapping[str, Any]]) -> list[str]:
    """The addresses behind words."""
    return [str(entity["url"]) for entity in entities if entity.get("url")]


def check_entities(text: str, entities: Sequence[Mapping[str, Any]]) -> None:
    """Raise `ValidationError` for formatting that is none of this text."""
    if len(entities) > MOST_ENTITIES:
        raise _refusal(_("The text has too many formats."))
    length = text_length(text)
    spans = []
    for entity in entities:
        kind, start, units = entity.get("type"), entity.get("offset"), entity.get("length")
        if kind not in KINDS:
            raise _refusal(_("There is no such format."))
        if not isinstance(start, int) or not isinstance(units, int) or start < 0 or units < 1:
            raise _refusal(_("A format says where it begins and how long it is."))
        if start + units > length:
            raise _refusal(_("A format goes beyond the text."))
        if kind == "text_link" and not is_address(str(entity.get("url") or "")):
            raise _refusal(_("A link begins with https://."))
        spans.append((start, start + units, kind))
    spans.sort(key=lambda span: (span[0], -span[1]))
    around: list[tuple[int, int, str]] = []
    for start, end, kind in spans:
        while around and around[-1][1] <= start:
            around.pop()
        if around and (end > around[-1][1] or around[-1][2] == "code"):
            raise _refusal(
                _("Formats stand inside of each other or apart; in code there are none.")
            )
        around.append((start, end, kind))


def is_address(url: str) -> bool:
    """Whether a link may lead there, whatever its variables become: http or https, and a host."""
    try:
        parts = urlsplit(re.sub(r"\{\{[^{}]*\}\}", "x", url))
    except ValueError:
        return False
    is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname)
    return (
        is_whole
        and len(url) <= LONGEST_URL
        and not re.search(r"\s", re.sub(r"\{\{.*?\}\}", "", url))
    )


def replaced(
    words: Words, pattern: re.Pattern[str], value: Callable[[re.Match[str]], str]
) -> Words:
    """The words with `value(match)` in place of what the pattern finds; formatting moves along."""
    if not words.entities:
        return Words(pattern.sub(value, words.text))
    pieces: list[str] = []
    # (start, end) before and (start, end) after, of each place, in UTF-16 units.
    moved: list[tuple[int, int, int, int]] = []
    place = before = after = 0
    for found in pattern.finditer(words.text):
        kept, new = words.text[place : found.start()], value(found)
        pieces += [kept, new]
        before, after = before + text_length(kept), after + text_length(kept)
        ends, grown = before + text_length(found[0]), after + text_length(new)
        moved.append((before, ends, after, grown))
        before, after, place = ends, grown, found.end()
    pieces.append(words.text[place:])
    entities = []
    for entity in words.entities:
        start = _moved(moved, entity["offset"], at_end=False)
        end = _moved(moved, entity["offset"] + entity["length"], at_end=True)
        if end > start:
            entities.append({**entity, "offset": start, "length": end - start})
    return Words("".join(pieces), entities)


def fitting(words: Words, formats: frozenset[str]) -> Words:
    """What is left of the formatting where only these formats can be shown. An address that cannot
    hide behind words is told after them, in brackets."""
    if not words.entities:
        return words
    kept = [entity for entity in words.entities if entity["type"] in formats]
    hidden = [one for one in words.entities if one not in kept and one.get("url")]
    told = Words(words.text, kept)
    for entity in sorted(hidden, key=lambda one: -(one["offset"] + one["length"])):
        if entity["url"] not in told.text:
            told = _inserted(told, entity["offset"] + entity["length"], f" ({entity['url']})")
    return told


def _inserted(words: Words, place: int, more: str) -> Words:
    units = words.text.encode("utf-16-le", "surrogatepass")
    text = (units[: 2 * place] + more.encode("utf-16-le") + units[2 * place :]).decode(
        "utf-16-le", "surrogatepass"
    )
    grown = text_length(more)
    entities = []
    for entity in words.entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if start >= place:
            entities.append({**entity, "offset": start + grown})
        elif end > place:
            entities.append({**entity, "length": entity["length"] + grown})
        else:
            entities.append(entity)
    return Words(text, entities)


def _moved(moved: Sequence[tuple[int, int, int, int]], place: int, *, at_end: bool) -> int:
    """Where a place of the text is after the replacements; one inside goes to their edge."""
    shift = 0
    for start, end, new_start, new_end in moved:
        if place <= start:
            break
        if place < end:
            return new_end if at_end else new_start
        shift = new_end - end
    return place + shift


def _refusal(words: str) -> ValidationError:
    return ValidationError(words, code="entities")

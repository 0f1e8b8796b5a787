"""What a customer's words say of a conversation: a bare digit, a digit with words, or nothing."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

# Signs and pictures around a digit say nothing more; "5 из 5" and "4/5" are digits too.
_BARE: Final = re.compile(r"\W*([1-5])(?:\s*(?:/|из|of|out of)\s*5)?\W*", re.IGNORECASE)
# "2. Where is my order?" is a list, "3 days have passed" a sentence: neither is a mark.
# Each letter fits one part of the pattern alone: customers may send thousands of empty lines.
_WITH_WORDS: Final = re.compile(r"\W*([1-5])([\s,;!–—-]+)([^\W\d].*)", re.DOTALL)
_PARTS: Final = re.compile(r"[,;!–—\n]|\s-\s")
_POLITE: Final = re.compile(
    r"\b(?:спасибо|благодар\w*|большое|огромное|вам|очень|thanks?|thank you|a lot|very much)\b",
    re.IGNORECASE,
)
_STARS: Final = re.compile(r"(?:[⭐★🌟]\ufe0f?\s*){1,5}")
_BUTTON: Final = re.compile(r"rating:([0-9a-f]{32}):([1-5])")
LONGEST_COMMENT: Final = 2000


@dataclass(frozen=True, slots=True)
class Said:
    """A mark from 1 to 5, and words besides."""

    score: int
    comment: str = ""


def read(text: str) -> Said | None:
    """The mark in a text, where it is one."""
    text = text.strip()
    if _STARS.fullmatch(text):
        return Said(len(re.findall(r"[⭐★🌟]", text)))
    if found := _BARE.fullmatch(_POLITE.sub("", text)):
        return Said(int(found[1]))
    if (found := _WITH_WORDS.fullmatch(text)) and _PARTS.search(found[2]):
        return Said(int(found[1]), found[3].strip()[:LONGEST_COMMENT])
    return None


def button(rating_id: UUID, score: int) -> str:
    """What a button under the question sends back."""
    return f"rating:{rating_id.hex}:{score}"


def pressed(value: str) -> tuple[UUID, int] | None:
    """Which question a pressed button answers, and with what; None for another button."""
    found = _BUTTON.fullmatch(value)
    return (UUID(found[1]), int(found[2])) if found else None

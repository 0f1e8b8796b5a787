"""VK's reactions, which it numbers, as emoji, and the other way round."""

from __future__ import annotations

from typing import Final

EMOJIS: Final = (
    "❤",
    "🔥",
    "😂",
    "👍",
    "💩",
    "❓",
    "😭",
    "😡",
    "👎",
    "👌",
    "😃",
    "🤔",
    "🙏",
    "😘",
    "😍",
    "🎉",
)
# Asks for the coloured form of a sign; some keyboards add it to the heart.
_COLOURED: Final = "\ufe0f"


def emoji(reaction_id: int) -> str:
    """The emoji of a reaction; VK adds pictures of its own now and then."""
    return EMOJIS[reaction_id - 1] if 0 < reaction_id <= len(EMOJIS) else "✨"


def reaction_id(emoji: str) -> int | None:
    """The number of an emoji; None for one that VK has not."""
    plain = emoji.replace(_COLOURED, "")
    return EMOJIS.index(plain) + 1 if plain in EMOJIS else None

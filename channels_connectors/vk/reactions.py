"""VK's reactions, which it numbers, as emoji."""

from __future__ import annotations

from typing import Final

_EMOJIS: Final = "❤🔥😂👍💩❓😭😡👎👌😃🤔🙏😘😍🎉"


def emoji(reaction_id: int) -> str:
    """The emoji of a reaction; VK adds pictures of its own now and then."""
    return _EMOJIS[reaction_id - 1] if 0 < reaction_id <= len(_EMOJIS) else "✨"

"""A line or two of what cannot be drawn here, so that the agent knows what it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .people import Fields, full_name


def summary(field: str, value: Any) -> str:
    """The words inside of this content of a message; "" where it has none, or none that we know."""
    read = _SUMMARIES.get(field)
    return "\n".join(line for line in read(value) if line) if read else ""


def _poll(poll: Fields) -> list[str]:
    options = [f"• {option.get('text') or ''}" for option in poll.get("options") or ()]
    return [str(poll.get("question") or ""), *options]


def _checklist(checklist: Fields) -> list[str]:
    tasks = [
        f"{'☑' if task.get('completion_date') else '☐'} {task.get('text') or ''}"
        for task in checklist.get("tasks") or ()
    ]
    return [str(checklist.get("title") or ""), *tasks]


def _dice(dice: Fields) -> list[str]:
    return [f"{dice.get('emoji') or '🎲'} {dice.get('value') or ''}".strip()]


def _titled(thing: Fields) -> list[str]:
    return [str(thing.get("title") or ""), str(thing.get("description") or "")]


def _story(story: Fields) -> list[str]:
    return [full_name(story.get("chat") or {})]


def _gift(gift: Fields) -> list[str]:
    sticker = (gift.get("gift") or {}).get("sticker") or {}
    return [str(sticker.get("emoji") or "🎁"), str(gift.get("text") or "")]


def _paid_media(paid: Fields) -> list[str]:
    return [f"⭐ {paid.get('star_count') or ''}".strip()]


def _giveaway(giveaway: Fields) -> list[str]:
    return [str(giveaway.get("prize_description") or "")]


_SUMMARIES: dict[str, Callable[[Any], list[str]]] = {
    "poll": _poll,
    "checklist": _checklist,
    "dice": _dice,
    "game": _titled,
    "invoice": _titled,
    "story": _story,
    "gift": _gift,
    "paid_media": _paid_media,
    "giveaway": _giveaway,
    "giveaway_winners": _giveaway,
}

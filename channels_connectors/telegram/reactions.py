"""Reactions that people put on messages."""

from __future__ import annotations

from datetime import UTC, datetime

from channels_connectors.types import InboundReaction

from .chats import message_id
from .people import Fields, chat_as_person, person


def message_reaction(reaction: Fields) -> InboundReaction:
    """All that one person has on a message now."""
    user = reaction.get("user")
    return InboundReaction(
        chat_id=str(reaction["chat"]["id"]),
        external_id=message_id(reaction["chat"]["id"], int(reaction["message_id"])),
        person=person(user) if user else chat_as_person(reaction["actor_chat"]),
        emojis=tuple(_emoji(item) for item in reaction["new_reaction"]),
        at=datetime.fromtimestamp(reaction["date"], UTC),
    )


def message_reaction_count(counts: Fields) -> InboundReaction:
    """Anonymous reactions, as under the posts of a channel: told as those of the chat itself."""
    return InboundReaction(
        chat_id=str(counts["chat"]["id"]),
        external_id=message_id(counts["chat"]["id"], int(counts["message_id"])),
        person=chat_as_person(counts["chat"]),
        emojis=tuple(_emoji(found["type"]) for found in counts["reactions"]),
        at=datetime.fromtimestamp(counts["date"], UTC),
    )


def _emoji(reaction: Fields) -> str:
    # A custom emoji is a picture of Telegram's own and a paid reaction a star without an emoji.
    return str(reaction.get("emoji") or ("⭐" if reaction.get("type") == "paid" else "✨"))

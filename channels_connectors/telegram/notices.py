"""News of the bot itself, and news that no conversation has a place for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from channels_connectors.types import InboundItem, InboundNotice, InboundReachability, Json, names

from .people import Fields, full_name

# `ChannelNotice.topic` holds no more.
LONGEST_TOPIC: Final = 60
# A key of the channel's health for each business account that is connected.
BUSINESS: Final = "business:"

BUSINESS_CONNECTED: Final = _("A business account has connected the bot. Its chats come in here.")
BUSINESS_READ_ONLY: Final = _(
    "A business account has connected the bot, but does not let it answer its customers."
)
BUSINESS_DISCONNECTED: Final = _(
    "A business account has disconnected the bot. Its chats can no longer be answered here."
)
ADDED_TO_GROUP: Final = _("The bot was added to a group or a channel.")
REMOVED_FROM_GROUP: Final = _("The bot was removed from a group or a channel.")
UNKNOWN_NEWS: Final = _(
    "Telegram sent news of a kind that this version does not know. It was kept."
)

# What says nothing about a conversation, should Telegram send it against ALLOWED_UPDATES.
_KNOWN: Final = names(
    """
    inline_query chosen_inline_result shipping_query pre_checkout_query purchased_paid_media poll
    poll_answer chat_member chat_join_request chat_boost removed_chat_boost managed_bot subscription
    guest_message stopped_message_generation callback_query
    """
)
_OUTSIDE: Final = frozenset({"left", "kicked"})


def other_news(kind: str, body: Any) -> InboundNotice:
    """An update that is no message of any chat, kept whole."""
    return InboundNotice(
        topic=kind[:LONGEST_TOPIC],
        at=None,
        words="" if kind in _KNOWN else UNKNOWN_NEWS,
        data=body if isinstance(body, dict) else {"value": body},
    )


def business_connection(connection: Fields) -> InboundNotice:
    """An owner connected the bot to the chats of their account, changed its rights, or took it
    off."""
    found = connection_health(connection)
    if not found["enabled"]:
        level, words = "warning", BUSINESS_DISCONNECTED
    elif "can_reply" not in found["rights"]:
        level, words = "warning", BUSINESS_READ_ONLY
    else:
        level, words = "info", BUSINESS_CONNECTED
    return InboundNotice(
        topic="business_connection",
        at=_time(connection["date"]),
        level=level,  # type: ignore[arg-type]
        words=words,
        data=connection,
        health={f"{BUSINESS}{connection['id']}": found},
    )


def connection_health(connection: Fields) -> Json:
    """`{owner, owner_id, username, enabled, rights: [...]}` of a `BusinessConnection`."""
    owner = connection["user"]
    rights = connection.get("rights") or {}
    if connection.get("can_reply"):
        # Before Bot API 9.0 this was the only right.
        rights = {**rights, "can_reply": True}
    return {
        "owner": full_name(owner),
        "owner_id": str(owner["id"]),
        "username": str(owner.get("username") or ""),
        "enabled": bool(connection.get("is_enabled")),
        "rights": sorted(str(name) for name, given in rights.items() if given),
    }


def my_chat_member(change: Fields) -> list[InboundItem]:
    """The bot was blocked, let in, thrown out, or silenced."""
    chat, member = change["chat"], change["new_chat_member"]
    status = str(member["status"])
    reachable = status not in _OUTSIDE and member.get("can_send_messages") is not False
    is_private = chat.get("type") == "private"
    blocked = status == "kicked" and is_private
    at = _time(change["date"])
    items: list[InboundItem] = [
        InboundReachability(
            chat_id=str(chat["id"]),
            reachable=reachable,
            at=at,
            reason="" if reachable else "blocked" if blocked else status,
        )
    ]
    was_outside = str((change.get("old_chat_member") or {}).get("status") or "left") in _OUTSIDE
    if not is_private and was_outside != (status in _OUTSIDE):
        words = ADDED_TO_GROUP if was_outside else REMOVED_FROM_GROUP
        items.append(InboundNotice("bot_in_group", at, words=words, data=change))
    return items


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

"""VK's events as inbound items, by Callback API and long poll alike; version 5.199.

Plain dicts all the way: a model of all of VK would refuse what VK adds tomorrow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from channels_connectors import documents
from channels_connectors.errors import ParkedPayload
from channels_connectors.ornaments import MALFORMED, Unread
from channels_connectors.types import (
    InboundEdit,
    InboundItem,
    InboundMessage,
    InboundReachability,
    InboundReaction,
    InboundStatus,
    InboundTyping,
    names,
)

from . import notices
from .content import button_payload, content
from .forms import lead, order
from .people import Fields, number, person
from .reactions import emoji

# What we ask VK to tell us. The rest of the community's life (posts, likes) is no conversation;
# should an admin have VK send it, it is kept as a notice.
EVENTS: Final = names(
    """
    message_new message_reply message_edit message_allow message_deny message_event message_read
    message_typing_state message_reaction_event lead_forms_new market_order_new market_order_edit
    user_block user_unblock group_join group_leave wall_reply_new
    """
)
# Long poll does not offer these.
NOT_POLLED: Final = names("lead_forms_new market_order_new market_order_edit")
_LONGEST_KEY: Final = 100


def parse(raw: bytes, group_id: str = "") -> list[InboundItem]:
    """What an event says; `group_id` tells the community's own messages from the customer's.

    Raises ParkedPayload for what cannot be understood, and nothing else.
    """
    try:
        event = documents.load(raw)
        kind = str(event["type"])
        read = _EVENTS.get(kind)
        if read is not None:
            return read(event["object"], group_id)
        return [notices.notice(kind, event["object"])]
    except MALFORMED as error:
        raise ParkedPayload(f"malformed event: {type(error).__name__}: {error}"[:300]) from None


def dedup_key(event: Fields) -> str:
    """VK gives an event the same id however often and whichever way it comes."""
    event_id = event.get("event_id")
    if isinstance(event_id, str) and 0 < len(event_id) <= _LONGEST_KEY and event_id.isascii():
        return event_id
    told = [event.get("type"), event.get("group_id"), event.get("object")]
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def message_id(peer_id: int, conversation_message_id: int | str) -> str:
    """The public id of a message: its number is unique only inside its chat."""
    return f"{peer_id}:{conversation_message_id}"


def _message_new(body: Fields, group_id: str) -> list[InboundItem]:
    # Before 5.103 the message stood here by itself.
    return _message(body.get("message") or body, group_id)


def _message(message: Fields, group_id: str) -> list[InboundItem]:
    peer_id, author_id = number(message["peer_id"]), number(message["from_id"])
    place = _place(message)
    ours = bool(message.get("out")) or str(-author_id) == group_id
    found, unread = content(message), Unread()
    sent_at = unread.attempt("date", message.get("date"), _time, None)
    replied = message.get("reply_message")
    reply_to = unread.attempt("reply_message", replied, lambda it: _reply_to(it, peer_id), "")
    return [
        InboundMessage(
            chat_id=str(peer_id),
            external_id=message_id(peer_id, place),
            order=place,
            sent_at=sent_at,
            kind=found.kind,
            text=found.text,
            entities=found.entities,
            sender=None if ours else person(author_id),
            direction="outgoing" if ours else "incoming",
            attachments=found.attachments,
            reply_to=reply_to,
            payload=unread.added_to(found.payload),
            referral=_referral(message),
        )
    ]


def _message_edit(message: Fields, group_id: str) -> list[InboundItem]:
    peer_id = number(message["peer_id"])
    found, unread = content(message), Unread()
    told = message.get("update_time") or message.get("date")
    return [
        InboundEdit(
            chat_id=str(peer_id),
            external_id=message_id(peer_id, _place(message)),
            edited_at=unread.attempt("update_time", told, _time, None),
            text=found.text,
            entities=found.entities,
            payload=unread.added_to(found.payload),
            attachments=found.attachments,
        )
    ]


def _message_event(event: Fields, group_id: str) -> list[InboundItem]:
    peer_id, user_id = number(event["peer_id"]), number(event["user_id"])
    name = str(event["event_id"])
    place = event.get("conversation_message_id")
    payload = button_payload(event.get("payload"))
    return [
        InboundMessage(
            chat_id=str(peer_id),
            external_id=message_id(peer_id, f"button-{name}"),
            order=number(place) if place else 0,
            sent_at=None,
            kind="text",
            text=payload.get("command") or payload.get("button") or "",
            sender=person(user_id),
            reply_to=message_id(peer_id, number(place)) if place else "",
            payload=payload,
            acknowledge={"event_id": name, "user_id": user_id, "peer_id": peer_id},
        )
    ]


def _message_read(event: Fields, group_id: str) -> list[InboundItem]:
    peer_id, reader = number(event["peer_id"]), number(event["from_id"])
    if reader < 0:
        # The community's own reading says nothing of the customer.
        return []
    place = _positive(event["conversation_message_id"])
    return [InboundStatus(message_id(peer_id, place), "read", None, and_earlier=True)]


def _message_typing_state(event: Fields, group_id: str) -> list[InboundItem]:
    author_id, to = number(event["from_id"]), number(event["to_id"])
    if author_id < 0 or event.get("state") in ("0", 0):
        return []
    # In a group the other side is the chat, in private it is the community.
    return [InboundTyping(str(to if to > 0 else author_id))]


def _message_reaction(event: Fields, group_id: str) -> list[InboundItem]:
    peer_id, who = number(event["peer_id"]), number(event["reacted_id"])
    reaction = event.get("reaction_id")
    return [
        InboundReaction(
            chat_id=str(peer_id),
            external_id=message_id(peer_id, _positive(event["cmid"])),
            person=person(who),
            emojis=() if reaction is None else (emoji(number(reaction)),),
            at=None,
        )
    ]


def _message_allow(event: Fields, group_id: str) -> list[InboundItem]:
    """The customer lets us write; `key` is what the site's widget or a link was given."""
    told: list[InboundItem] = [
        InboundReachability(str(number(event["user_id"])), reachable=True, at=None)
    ]
    return [*told, notices.notice("message_allow", event)] if event.get("key") else told


def _reachability(reachable: bool, reason: str) -> Callable[[Fields, str], list[InboundItem]]:
    def read(event: Fields, group_id: str) -> list[InboundItem]:
        chat_id = str(number(event["user_id"]))
        return [InboundReachability(chat_id, reachable, None, reason)]

    return read


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _place(message: Fields) -> int:
    """The message's number in its chat; its `id` may be 0 in groups."""
    return _positive(message["conversation_message_id"])


def _positive(value: Any) -> int:
    if number(value) <= 0:
        raise ValueError("a message has no number")
    return int(value)


def _reply_to(replied: Fields | None, peer_id: int) -> str:
    place = (replied or {}).get("conversation_message_id")
    return message_id(peer_id, number(place)) if place else ""


def _referral(message: Fields) -> Fields | None:
    """The parameters of a link `https://vk.me/<community>?ref=<id>&ref_source=<source>`."""
    told = {name: str(message[name]) for name in ("ref", "ref_source") if message.get(name)}
    return told or None


_EVENTS: Final[dict[str, Callable[[Fields, str], list[InboundItem]]]] = {
    "message_new": _message_new,
    "message_reply": _message,
    "message_edit": _message_edit,
    "message_event": _message_event,
    "message_read": _message_read,
    "message_typing_state": _message_typing_state,
    "message_reaction_event": _message_reaction,
    "message_allow": _message_allow,
    "message_deny": _reachability(False, "denied"),
    "user_block": _reachability(False, "blacklisted"),
    "user_unblock": _reachability(True, ""),
    "lead_forms_new": lead,
    "market_order_new": order,
}

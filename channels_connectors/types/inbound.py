"""What a platform tells us.

Texts carry their formatting beside them: `entities` are dicts `{type, offset, length, url?}` whose
offsets and lengths count UTF-16 code units, as messengers and browsers count. The types are
Telegram's names: bold, italic, underline, strikethrough, spoiler, code, pre, blockquote, text_link,
url, mention, hashtag, email, phone_number, bot_command.

`InboundMessage.kind` is one of `MESSAGE_KINDS`. `payload` keeps what the kind needs to be drawn:
location `{latitude, longitude, title?, address?}`, contact `{phone, name, user_id?, is_sender}`,
system `{event, ...}`, unsupported `{field}`; any kind may add `{forwarded_from}` and `{quote}`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .common import Json, Person, Words


@dataclass(frozen=True, slots=True)
class InboundAttachment:
    """A file that can be fetched later: `reference` goes back to `Connector.download`.

    `size` is in bytes, `duration` in seconds, `width` and `height` in pixels; None = not told.
    """

    kind: str
    reference: Json
    name: str = ""
    mime: str = ""
    size: int | None = None
    width: int | None = None
    height: int | None = None
    duration: int | None = None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message that appeared in a chat: the customer's, or ours written outside Tandem.

    `sent_at` None: the platform does not tell when (a pressed button); take the time of arrival.
    `order` breaks ties inside one `sent_at`. Messages with one `group_key` are an album.
    `acknowledge` goes back to `Connector.acknowledge` once the message is stored.
    `answers` are ids of messages that it answers, the nearest first: a sender whom we do not know
    but who answers a message of ours belongs to that message's conversation.
    `is_past`: it was said before the account was connected, so that nobody waits for an answer.
    `status` is what became of a message of ours: sent, unless the platform tells more of the past.
    """

    chat_id: str
    external_id: str
    order: int
    sent_at: datetime | None
    kind: str
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    sender: Person | None = None
    chat_name: str = ""
    direction: Literal["incoming", "outgoing"] = "incoming"
    attachments: tuple[InboundAttachment, ...] = ()
    reply_to: str = ""
    group_key: str = ""
    payload: Json = field(default_factory=dict)
    referral: Json | None = None
    acknowledge: Json | None = None
    answers: tuple[str, ...] = ()
    is_past: bool = False
    status: Literal["unknown", "sent", "delivered", "read", "failed"] = "sent"


@dataclass(frozen=True, slots=True)
class InboundEdit:
    """The message's new text, entities and payload, whole. `attachments` are those it has now.
    `edited_at` None: the time of arrival.

    `completes`: nobody changed anything; the platform hands in late what the message holds, which
    is of this `kind`.
    """

    chat_id: str
    external_id: str
    edited_at: datetime | None
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    payload: Json = field(default_factory=dict)
    attachments: tuple[InboundAttachment, ...] = ()
    completes: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class InboundDelete:
    """Messages were deleted by the other side. `deleted_at` None: the time of arrival."""

    chat_id: str
    external_ids: tuple[str, ...]
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class InboundStatus:
    """News of a message we sent: sent, delivered, read or failed (with an error class).

    `client_reference` is our idempotency key, where the platform returns it. `and_earlier`: the
    same is said of all that we sent into this chat before it. `at` None: the time of arrival.
    `price` is what the platform charges, where it tells: `{billable, category, model, type}`.
    """

    external_id: str
    status: Literal["sent", "delivered", "read", "failed"]
    at: datetime | None
    error_class: str = ""
    error: str = ""
    client_reference: str = ""
    and_earlier: bool = False
    price: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InboundReaction:
    """All reactions that `person` has on a message now; an empty `emojis` takes them back.

    `at` None: the platform does not tell when; take the time of arrival.
    """

    chat_id: str
    external_id: str
    person: Person
    emojis: tuple[str, ...]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class InboundReachability:
    """Whether we may still write into this chat; `reason` is the platform's word for why.

    `at` None: the platform does not tell when; take the time of arrival.
    """

    chat_id: str
    reachable: bool
    at: datetime | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class InboundProfile:
    """The person behind a chat changed name, username or phone."""

    chat_id: str
    person: Person


@dataclass(frozen=True, slots=True)
class InboundTyping:
    """The other side is typing now; nothing to store."""

    chat_id: str


@dataclass(frozen=True, slots=True)
class InboundChatMoved:
    """The platform gave a chat another id: a group grew up, a customer changed the number."""

    chat_id: str
    new_chat_id: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class InboundConsent:
    """The customer allowed or forbade a kind of letters, by the platform's own switch.

    `purpose` is "marketing"; `detail` is the platform's word on it. `at` None: the time of arrival.
    """

    chat_id: str
    purpose: Literal["marketing"]
    granted: bool
    at: datetime | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class InboundNotice:
    """Something about the account itself, or a fact that no conversation has a place for.

    Kept whole (`data`) and counted by `topic` on the channel's page. `words` is a sentence for the
    admin; "warning" and "critical" alert them. `health` is laid over the channel's health.
    """

    topic: str
    at: datetime | None
    level: Literal["info", "warning", "critical"] = "info"
    words: Words = ""
    data: Json = field(default_factory=dict)
    health: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InboundTemplate:
    """News of a message template; what is empty is as before. See `Template` for the words."""

    external_id: str
    name: str
    language: str
    at: datetime | None
    status: str = ""
    category: str = ""
    quality: str = ""
    reason: str = ""


InboundItem = (
    InboundMessage
    | InboundEdit
    | InboundDelete
    | InboundStatus
    | InboundReaction
    | InboundReachability
    | InboundProfile
    | InboundTyping
    | InboundChatMoved
    | InboundConsent
    | InboundNotice
    | InboundTemplate
)

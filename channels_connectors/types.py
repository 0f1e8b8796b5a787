"""What connectors and the rest of Tandem say to each other: plain, frozen values.

Texts carry their formatting beside them: `entities` are dicts `{type, offset, length, url?}` whose
offsets and lengths count UTF-16 code units, as messengers and browsers count. The types are
Telegram's names: bold, italic, underline, strikethrough, spoiler, code, pre, blockquote, text_link,
url, mention, hashtag, email, phone_number, bot_command.

`InboundMessage.kind` is one of `MESSAGE_KINDS`. `payload` keeps what the kind needs to be drawn:
location `{latitude, longitude, title?, address?}`, contact `{phone, name, user_id?, is_sender}`,
system `{event, ...}`, unsupported `{field}`; any kind may add `{forwarded_from}` and `{quote}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

from django.utils.functional import Promise


def names(text: str) -> frozenset[str]:
    """A set of names written as running text."""
    return frozenset(text.split())


MESSAGE_KINDS: Final = names(
    """
    text image video audio voice file sticker location contact reaction order template system
    unsupported
    """
)
ATTACHMENT_KINDS: Final = frozenset({"image", "video", "audio", "voice", "file", "sticker"})

Json = dict[str, Any]
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote, as the platform names them."""

    external_id: str
    name: str = ""
    username: str = ""
    language: str = ""
    phone: str = ""
    is_bot: bool = False
    email: str = ""


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


@dataclass(frozen=True, slots=True)
class InboundEdit:
    """The message's new text, entities and payload, whole. `attachments` are those it has now."""

    chat_id: str
    external_id: str
    edited_at: datetime
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    payload: Json = field(default_factory=dict)
    attachments: tuple[InboundAttachment, ...] = ()


@dataclass(frozen=True, slots=True)
class InboundDelete:
    """Messages were deleted by the other side."""

    chat_id: str
    external_ids: tuple[str, ...]
    deleted_at: datetime


@dataclass(frozen=True, slots=True)
class InboundStatus:
    """News of a message we sent: sent, delivered, read or failed (with an error class).

    `client_reference` is our idempotency key, where the platform returns it. `and_earlier`: the
    same is said of all that we sent into this chat before it. `at` None: the time of arrival.
    """

    external_id: str
    status: Literal["sent", "delivered", "read", "failed"]
    at: datetime | None
    error_class: str = ""
    error: str = ""
    client_reference: str = ""
    and_earlier: bool = False


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


InboundItem = (
    InboundMessage
    | InboundEdit
    | InboundDelete
    | InboundStatus
    | InboundReaction
    | InboundReachability
    | InboundProfile
    | InboundTyping
)


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A call as it came: header names in lower case, everything in bytes."""

    method: str
    headers: Mapping[bytes, bytes] = field(repr=False)
    query: bytes = field(default=b"", repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class WebhookReply:
    """The exact answer that the platform expects."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A verified call. `dedup_key` None means nothing to store: a handshake."""

    dedup_key: str | None
    reply: WebhookReply = field(default_factory=WebhookReply)


@dataclass(frozen=True, slots=True)
class OutboundAttachment:
    """A file on our disk to send. `kind` is one of ATTACHMENT_KINDS."""

    kind: str
    name: str
    mime: str
    path: Path


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """What an agent wants to say. `reply_to` is an external id of a message in the same chat."""

    chat_id: str
    idempotency_key: UUID
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    attachments: tuple[OutboundAttachment, ...] = ()
    reply_to: str = ""
    payload: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """The platform took the message. Where it became several, `external_id` is the first of them.

    `chat_id` is set when the platform moved the chat to a new id: write there from now on.
    """

    external_id: str
    order: int = 0
    sent_at: datetime | None = None
    all_external_ids: tuple[str, ...] = ()
    chat_id: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do. Lengths in characters; `window_hours` None = no reply window.

    `text_limit` is the longest text that `send` takes, though it may arrive as several messages.
    `formats` are the entity types that survive. `dedupes_sends`: a resend with the same idempotency
    key is safe. `can_write_first`: a customer who never wrote can be written to.
    `sends_per_second` of the whole account and `chat_sends_per_second`, with `chat_burst` at once,
    of each chat: what the platform bears without complaint; 0 = it names no limit.
    """

    text_limit: int
    caption_limit: int
    max_file_bytes: int
    formats: frozenset[str] = frozenset()
    edit: bool = False
    delete: bool = False
    typing: bool = False
    read: bool = False
    reply: bool = False
    reactions: bool = False
    window_hours: int | None = None
    dedupes_sends: bool = False
    can_write_first: bool = False
    sends_per_second: float = 0
    chat_sends_per_second: float = 0
    chat_burst: int = 1


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One input of the form that connects a channel. Secrets are never shown again."""

    name: str
    label: Words
    required: bool = True
    secret: bool = True
    help: Words = ""


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """What a connector knows of its channel. `key` is the channel's part of the webhook address."""

    kind: str
    key: str
    credentials: Json = field(repr=False)
    settings: Json = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ConnectResult:
    """The account on the other side. Merge `credentials` (generated secrets) and `settings` into
    the channel's; `notes` are translatable sentences for the admin."""

    external_id: str
    name: str
    credentials: Json = field(default_factory=dict, repr=False)
    settings: Json = field(default_factory=dict)
    notes: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class PollResult:
    """Envelopes `(dedup_key, raw)` for the letterbox. Polling with `cursor` confirms them, so store
    first and keep the cursor in the same transaction."""

    envelopes: list[tuple[str, bytes]]
    cursor: str


@dataclass(frozen=True, slots=True)
class DownloadedFile:
    """A fetched file in a temporary place; the caller moves or deletes `path`. `size` in bytes."""

    path: Path
    name: str = ""
    mime: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Profile:
    """What the platform tells of the other side; `avatar` is a reference for `download`."""

    person: Person
    avatar: Json | None = None
    about: str = ""

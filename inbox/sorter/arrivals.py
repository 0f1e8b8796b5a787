"""What connectors say, made fit for the database: texts that PostgreSQL can hold, ids that fit."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from django.utils import translation

from channels_connectors import documents
from channels_connectors.errors import ParkedPayload
from channels_connectors.types import (
    ATTACHMENT_KINDS,
    MESSAGE_KINDS,
    InboundAttachment,
    InboundChatMoved,
    InboundConsent,
    InboundDelete,
    InboundEdit,
    InboundItem,
    InboundMessage,
    InboundNotice,
    InboundProfile,
    InboundReachability,
    InboundReaction,
    InboundStatus,
    InboundTemplate,
    Person,
    Words,
)
from core.ids import uuid7

LONGEST_CHAT: Final = 200
LONGEST_MESSAGE_ID: Final = 250
LONGEST_TEMPLATE: Final = 512
LEVELS: Final = frozenset({"info", "warning", "critical"})
FATES: Final = frozenset({"unknown", "sent", "delivered", "read", "failed"})
LARGEST_NUMBER: Final = 2**63
# A platform's clock may be wrong: later than this after the arrival is not believed.
AHEAD: Final = timedelta(hours=1)


@dataclass(slots=True, eq=False)
class Arrival:
    """A message on its way into its table; texts and documents are storable as they are.

    `is_group`: the chat holds more people than the one who wrote. `is_rating`: it is the bare
    answer to how a conversation was.
    """

    chat_id: str
    external_id: str
    order: int
    sent_at: datetime
    kind: str
    text: str
    entities: str
    payload: str
    referral: str | None
    person: Person | None
    chat_name: str
    is_incoming: bool
    is_group: bool
    attachments: tuple[InboundAttachment, ...]
    reply_to: str
    group_key: str
    acknowledge: dict[str, Any] | None
    received_at: datetime
    answers: tuple[str, ...] = ()
    is_past: bool = False
    fate: str = "sent"
    is_rating: bool = False
    id: UUID = field(default_factory=uuid7)

    @property
    def status(self) -> str:
        """The status that the message has when it comes."""
        return "received" if self.is_incoming else self.fate

    @property
    def sender_name(self) -> str:
        """Who wrote, where the conversation's contact does not tell it."""
        if self.person is None or (self.is_incoming and not self.is_group):
            return ""
        return self.person.name[:200]

    @property
    def asks(self) -> bool:
        """Whether somebody should answer: service messages ("joined the group") ask nothing, nor
        does what was said before the account was connected, nor a bare mark for a conversation."""
        return self.lets_write and not self.is_past and not self.is_rating

    @property
    def lets_write(self) -> bool:
        """Whether the customer has said something, after which we may write for a while."""
        return self.is_incoming and self.kind != "system"


def arrival(item: InboundMessage, received_at: datetime) -> Arrival:
    """Raises ParkedPayload for what cannot be stored without becoming something else."""
    is_incoming = item.direction == "incoming"
    sender = person(item.sender) if item.sender else None
    return Arrival(
        chat_id=identifier(item.chat_id, LONGEST_CHAT),
        external_id=identifier(item.external_id, LONGEST_MESSAGE_ID),
        order=number(item.order),
        sent_at=moment(item.sent_at, received_at),
        kind=item.kind if item.kind in MESSAGE_KINDS else "unsupported",
        text=storable(item.text),
        entities=document(item.entities) if item.entities else "[]",
        payload=document(item.payload) if item.payload else "{}",
        referral=document(item.referral) if item.referral is not None else None,
        person=sender,
        chat_name=storable(item.chat_name)[:200],
        is_incoming=is_incoming,
        is_group=is_incoming
        and sender is not None
        and sender.external_id not in {"", item.chat_id, *sender.aliases},
        attachments=tuple(attachment(found) for found in item.attachments),
        reply_to=storable(item.reply_to)[:LONGEST_MESSAGE_ID],
        group_key=storable(item.group_key)[:100],
        acknowledge=item.acknowledge,
        received_at=received_at,
        answers=tuple(storable(found)[:LONGEST_MESSAGE_ID] for found in item.answers),
        is_past=item.is_past,
        fate=item.status if item.status in FATES else "sent",
    )


def person(found: Person) -> Person:
    """The person, with what PostgreSQL can hold."""
    return Person(
        external_id=storable(found.external_id),
        name=storable(found.name).strip()[:200],
        username=storable(found.username)[:100],
        language=storable(found.language)[:16],
        phone=storable(found.phone),
        is_bot=found.is_bot,
        email=storable(found.email)[:254],
        aliases=tuple(alias for alias in found.aliases if _is_identifier(alias, LONGEST_CHAT))
        if found.aliases
        else (),
    )


def attachment(found: InboundAttachment) -> InboundAttachment:
    """The attachment, with what PostgreSQL can hold."""
    return InboundAttachment(
        kind=found.kind if found.kind in ATTACHMENT_KINDS else "file",
        reference=orjson.loads(document(found.reference)),
        name=storable(found.name)[:255],
        mime=storable(found.mime)[:100],
        size=None if found.size is None else number(found.size),
        width=_dimension(found.width),
        height=_dimension(found.height),
        duration=found.duration,
    )


def storable(text: str) -> str:
    """Without NUL and lone surrogates: U+FFFD stands for each, so that offsets stay true."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text)
    return text


def identifier(text: str, longest: int) -> str:
    """An id of the platform's. It is stored as it is or not at all: two must not become one."""
    if not _is_identifier(text, longest):
        raise ParkedPayload(f"not an identifier: {storable(text)[:50]!r}")
    return text


def _is_identifier(text: str, longest: int) -> bool:
    return bool(text) and len(text) <= longest and storable(text) == text


def number(value: int) -> int:
    """A number that a bigint holds."""
    if not -LARGEST_NUMBER <= value < LARGEST_NUMBER:
        raise ParkedPayload("a number is too large")
    return value


def moment(value: datetime | None, received_at: datetime) -> datetime:
    """The platform's time, or the time of arrival where that is missing or cannot be."""
    if value is None:
        return received_at
    value = aware(value)
    return received_at if value > received_at + AHEAD else value


def aware(value: datetime) -> datetime:
    """A moment that names no zone is taken as UTC."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def document(value: Any) -> str:
    """JSON that a jsonb column takes."""
    try:
        dumped = orjson.dumps(value)
        if b"\\u0000" in dumped:
            dumped = orjson.dumps(documents.load(dumped))
    except (TypeError, ValueError) as error:
        raise ParkedPayload(f"cannot be kept: {error}") from None
    return dumped.decode()


def change(item: InboundItem, received_at: datetime) -> InboundItem:
    """An item that is no message, made storable. Raises ParkedPayload."""
    if (chat_id := getattr(item, "chat_id", None)) is not None:
        identifier(chat_id, LONGEST_CHAT)
    if isinstance(item, InboundEdit):
        identifier(item.external_id, LONGEST_MESSAGE_ID)
        return replace(
            item,
            edited_at=_at(item.edited_at, received_at),
            text=storable(item.text),
            entities=orjson.loads(document(item.entities)),
            payload=orjson.loads(document(item.payload)),
            attachments=tuple(attachment(found) for found in item.attachments),
            kind=item.kind if item.kind in MESSAGE_KINDS else "",
        )
    if isinstance(item, InboundDelete):
        for external_id in item.external_ids:
            identifier(external_id, LONGEST_MESSAGE_ID)
        return replace(item, deleted_at=_at(item.deleted_at, received_at))
    if isinstance(item, InboundStatus):
        if item.external_id or not item.client_reference:
            identifier(item.external_id, LONGEST_MESSAGE_ID)
        return replace(
            item,
            at=_at(item.at, received_at),
            error_class=storable(item.error_class)[:20],
            error=storable(item.error),
            price=orjson.loads(document(item.price)) if item.price else {},
        )
    if isinstance(item, InboundReaction):
        identifier(item.external_id, LONGEST_MESSAGE_ID)
        emojis = tuple(storable(emoji) for emoji in item.emojis)
        at = _at(item.at, received_at)
        return replace(item, at=at, person=person(item.person), emojis=emojis)
    if isinstance(item, InboundReachability):
        return replace(item, at=_at(item.at, received_at), reason=storable(item.reason)[:200])
    if isinstance(item, InboundProfile):
        return replace(item, person=person(item.person))
    return account_news(item, received_at)


def account_news(item: InboundItem, received_at: datetime) -> InboundItem:
    """What is said of chats as such, of the account and of its templates, made storable."""
    if isinstance(item, InboundChatMoved):
        identifier(item.new_chat_id, LONGEST_CHAT)
        return replace(item, at=_at(item.at, received_at))
    if isinstance(item, InboundConsent):
        return replace(item, at=_at(item.at, received_at), detail=storable(item.detail)[:200])
    if isinstance(item, InboundNotice):
        return replace(
            item,
            topic=storable(item.topic)[:60],
            at=_at(item.at, received_at),
            level=item.level if item.level in LEVELS else "info",
            words=storable(in_source(item.words)),
            data=orjson.loads(document(item.data)),
            health=orjson.loads(document(item.health)),
        )
    if isinstance(item, InboundTemplate):
        if not item.external_id:
            identifier(item.name, LONGEST_TEMPLATE)
        return replace(
            item,
            external_id=storable(item.external_id)[:100],
            name=storable(item.name)[:LONGEST_TEMPLATE],
            language=storable(item.language)[:16],
            at=_at(item.at, received_at),
            status=storable(item.status)[:10],
            category=storable(item.category)[:16],
            quality=storable(item.quality)[:20],
            reason=storable(item.reason),
        )
    return item


def in_source(words: Words) -> str:
    """A connector's words in the source language, to be translated for who reads them."""
    with translation.override(None):
        return str(words)


def _at(value: datetime | None, received_at: datetime) -> datetime:
    return received_at if value is None else aware(value)


def _dimension(pixels: int | None) -> int | None:
    return pixels if pixels is not None and 0 <= pixels < 2**31 else None

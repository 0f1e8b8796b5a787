"""What the visitor's side says, as the letterbox stores it and the sorter reads it back.

We write these envelopes ourselves, after checking the visitor's token and words; nobody else can.
`v` is the version of the form. A type that a later version adds is parked by an earlier one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

import orjson

from channels_connectors import documents
from channels_connectors.errors import ParkedPayload
from channels_connectors.types import (
    ATTACHMENT_KINDS,
    InboundAttachment,
    InboundItem,
    InboundMessage,
    InboundProfile,
    InboundStatus,
    InboundTyping,
    Person,
)

VERSION: Final = 1

Envelope = tuple[str, bytes]  # dedup key, raw


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who writes: the id we gave them, and what they say of themselves. Nothing of it is proven.

    `label` stands for the name in the first message of who has not said theirs.
    """

    id: UUID
    name: str = ""
    label: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a visitor gave us; `upload` is its name among our uploads."""

    upload: str
    kind: str
    name: str
    mime: str
    size: int
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What a visitor says in one message. `referral` tells where they came from."""

    id: UUID
    text: str = ""
    uploads: Sequence[Upload] = ()
    reply_to: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    referral: dict[str, Any] | None = None


def message(visitor: Visitor, words: Words) -> Envelope:
    """A message. Its id, made by the visitor's browser, lets it be sent again without harm."""
    return _envelope(
        f"{visitor.id}:{words.id}",
        "message",
        visitor,
        id=str(words.id),
        text=words.text,
        uploads=[asdict(upload) for upload in words.uploads],
        reply_to=words.reply_to,
        payload=words.payload,
        referral=words.referral,
        order=time.time_ns() // 1000,
    )


def seen(visitor: Visitor, status: str, external_ids: Sequence[str]) -> Envelope:
    """Messages of ours that reached the visitor (`delivered`) or were read (`read`)."""
    return _envelope(
        f"{status}:{uuid5(visitor.id, ','.join(external_ids))}",
        "seen",
        visitor,
        status=status,
        ids=list(external_ids),
    )


def profile(visitor: Visitor) -> Envelope:
    """What the visitor tells of themselves has changed."""
    return _envelope(f"profile:{uuid4()}", "profile", visitor)


def _envelope(dedup_key: str, kind: str, visitor: Visitor, **content: Any) -> Envelope:
    document = {
        "v": VERSION,
        "type": kind,
        "at": datetime.now(UTC),
        "visitor": asdict(visitor),
        **content,
    }
    return dedup_key, orjson.dumps(document)


def parse(raw: bytes) -> list[InboundItem]:
    """An envelope as items. Raises `ParkedPayload` and nothing else."""
    try:
        document = documents.load(raw)
        read = _READERS.get((document["v"], document["type"]))
        if read is not None:
            return read(document)
        kind = f"version {document['v']!r} of {document['type']!r}"
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ParkedPayload(f"{type(error).__name__}: {error}"[:500]) from None
    raise ParkedPayload(f"unknown: {kind}"[:500])


def _message(document: dict[str, Any]) -> list[InboundItem]:
    attachments = tuple(_attachment(upload) for upload in document["uploads"])
    return [
        InboundMessage(
            chat_id=document["visitor"]["id"],
            external_id=document["id"],
            order=int(document["order"]),
            sent_at=_moment(document["at"]),
            kind=attachments[0].kind if attachments else "text",
            text=document["text"],
            sender=_person(document["visitor"]),
            attachments=attachments,
            reply_to=document["reply_to"],
            payload=document["payload"],
            referral=document["referral"],
        )
    ]


def _attachment(upload: dict[str, Any]) -> InboundAttachment:
    if upload["kind"] not in ATTACHMENT_KINDS:
        raise ValueError(f"no such kind of file: {upload['kind']!r}")
    return InboundAttachment(
        kind=upload["kind"],
        reference={"upload": upload["upload"]},
        name=upload["name"],
        mime=upload["mime"],
        size=upload["size"],
        width=upload["width"],
        height=upload["height"],
    )


def _seen(document: dict[str, Any]) -> list[InboundItem]:
    if document["status"] not in {"delivered", "read"}:
        raise ValueError(f"no such status: {document['status']!r}")
    at = _moment(document["at"])
    return [
        InboundStatus(str(external_id), document["status"], at) for external_id in document["ids"]
    ]


def _profile(document: dict[str, Any]) -> list[InboundItem]:
    return [InboundProfile(document["visitor"]["id"], _person(document["visitor"]))]


def _typing(document: dict[str, Any]) -> list[InboundItem]:
    return [InboundTyping(document["visitor"]["id"])]


def _person(visitor: dict[str, Any]) -> Person:
    return Person(
        external_id=visitor["id"],
        name=visitor["name"] or visitor.get("label", ""),
        phone=visitor["phone"],
        email=visitor["email"],
        language=visitor["language"],
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_READERS: Final[dict[tuple[int, str], Callable[[dict[str, Any]], list[InboundItem]]]] = {
    (VERSION, "message"): _message,
    (VERSION, "seen"): _seen,
    (VERSION, "profile"): _profile,
    (VERSION, "typing"): _typing,
}

"""A platform's call to us, and our answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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

"""What we say to a platform.

`OutboundMessage.payload` may hold, each only where the capabilities name it:

- `buttons`: rows of `{label, action, value}`; action "reply" sends `value` back to us as a pressed
  button, "callback" does so without a message of the customer's in the chat, "link" opens `value`,
  "phone" and "location" ask the customer for theirs;
- `template`: `{name, language, header, body, buttons}`, the last three lists of variables (or, for
  a template with named ones, a dict); `text` is what the customer will read. A media header is
  the message's attachment;
- `location` `{latitude, longitude, title?, address?}`, `contact` `{name, phone}`;
- `subject` and `cc` of an e-mail, and `unsubscribe`, the address of its button to get no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from .common import Json


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

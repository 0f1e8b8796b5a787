"""A channel: what its platform can do, how it is connected, what it tells of others."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from channels_connectors.passwords import opened

from .common import Json, Person, Words


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do. Lengths in characters; `window_hours` None = no reply window.

    `text_limit` is the longest text that `send` takes, though it may arrive as several messages.
    `formats` are the entity types that survive. `edit` and `delete` are of our own messages, for
    `edit_hours` and `delete_hours` after sending (None = for ever); `delete` takes them from the
    customer too. `read`: we can tell the platform that we have read. `reactions`: we can put one on
    a message, of `reaction_emojis` (empty = any). `buttons` are the actions that a keyboard of ours
    may have. `templates`: the platform approves messages that may be sent outside the window.
    `dedupes_sends`: a resend with the same idempotency key is safe. `can_write_first`: a customer
    who never wrote can be written to. `subject`: messages have a subject and further recipients.
    `tells_delivered` and `tells_read`: we are told when a message of ours has arrived, and when it
    was read; of a platform that tells neither, nothing says that it did not happen.
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
    edit_hours: float | None = None
    delete_hours: float | None = None
    reaction_emojis: tuple[str, ...] = ()
    buttons: frozenset[str] = frozenset()
    templates: bool = False
    max_attachments: int = 10
    window_hours: int | None = None
    dedupes_sends: bool = False
    can_write_first: bool = False
    subject: bool = False
    tells_delivered: bool = False
    tells_read: bool = False
    sends_per_second: float = 0
    chat_sends_per_second: float = 0
    chat_burst: int = 1


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One input of the form that connects a channel. Secrets are never shown again.

    Few need those of a `group`: it is folded under that title.
    """

    name: str
    label: Words
    required: bool = True
    secret: bool = True
    help: Words = ""
    group: Words = ""


@dataclass(frozen=True, slots=True)
class SettingField:
    """One of a kind's own settings as a form asks for it; an empty one counts as not given.

    `choices` are `(value, label)`. `connects`: it is asked for with the credentials, since the
    platform is reached by it; the others can be changed at any time.
    """

    name: str
    label: Words
    help: Words = ""
    choices: tuple[tuple[str, Words], ...] = ()
    long: bool = False
    max_length: int = 200
    connects: bool = False
    group: Words = ""


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """What a connector knows of its channel. `key` is the channel's part of the webhook address.

    The addresses in `settings` are whole, with the passwords that lie with the credentials.
    `health` is what was last told of it by `Connector.check` and the platform's notices.
    """

    kind: str
    key: str
    credentials: Json = field(repr=False)
    settings: Json = field(default_factory=dict, repr=False)
    health: Json = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", opened(self.settings, self.credentials))


@dataclass(frozen=True, slots=True)
class ConnectResult:
    """The account on the other side. Merge `credentials` (generated secrets) and `settings` into
    the channel's; `notes` are translatable sentences for the admin. `reveal` names the credentials
    that were made for the admin to hand on: whoever connects may see them, once."""

    external_id: str
    name: str
    credentials: Json = field(default_factory=dict, repr=False)
    settings: Json = field(default_factory=dict)
    notes: tuple[Words, ...] = ()
    reveal: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Template:
    """A message that the platform must approve before it may be sent.

    `components` are the platform's own: `{type: HEADER|BODY|FOOTER|BUTTONS, ...}`. `status` is one
    of approved, pending, rejected, paused, disabled; `category` marketing, utility, authentication;
    `quality` the platform's word. `named`: its variables have names, not numbers.
    """

    external_id: str
    name: str
    language: str
    category: str
    status: Literal["approved", "pending", "rejected", "paused", "disabled"]
    components: list[Json] = field(default_factory=list)
    named: bool = False
    quality: str = ""
    reason: str = ""

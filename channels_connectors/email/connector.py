"""Mailboxes: letters are read over IMAP and sent over SMTP."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from channels_connectors.base import Connector
from channels_connectors.errors import ConnectorError, Unauthorized
from channels_connectors.registry import register
from channels_connectors.types import (
    Capabilities,
    ConnectResult,
    DownloadedFile,
    InboundItem,
    Json,
    OutboundMessage,
    PollResult,
    Receipt,
    SendReceipt,
    WebhookRequest,
    Words,
    names,
)

from . import account, composing, payloads
from .composing import own_address
from .errors import NO_FILE
from .fields import CREDENTIALS, SETTINGS
from .markup import FORMATS


@register
class EmailConnector(Connector):
    """A mailbox. Who writes to it is a customer; who reads it answers from its address."""

    kind: ClassVar[str] = "email"
    label: ClassVar[Words] = _("E-mail")
    polls_only: ClassVar[bool] = True
    # A letter may have tens of megabytes.
    envelopes_at_once: ClassVar[int] = 8
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=20_000,
        caption_limit=20_000,
        max_file_bytes=composing.MOST_FILE_BYTES,
        formats=names(FORMATS),
        reply=True,
        subject=True,
        can_write_first=True,
        # Hardly any mail program tells that a letter has arrived or was read: it is not promised.
        # What all providers bear; most of them also count by the day.
        sends_per_second=2,
        chat_sends_per_second=1,
        chat_burst=5,
    )
    has_own_servers: ClassVar[bool] = False
    credential_fields = CREDENTIALS
    setting_fields = SETTINGS

    def accept(self, request: WebhookRequest) -> Receipt:
        """Nobody calls us with letters."""
        raise Unauthorized

    def parse(self, raw: bytes) -> list[InboundItem]:
        """A letter as items."""
        return payloads.parse(raw, own_address(self.config))

    @classmethod
    def load_sending(cls) -> None:
        """Only the processes that send load the mail libraries."""
        from . import sending  # noqa: F401

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """Hand a letter in by SMTP."""
        from . import sending

        self.check_length(message)
        return await sending.send(self.config, message)

    def account_id(self) -> str:
        """The mailbox's address."""
        return own_address(self.config)

    def clean_settings(self) -> Json:
        """Sender's name, signature, folder, days of history, ways to encrypt."""
        return account.clean_settings(self.config)

    async def connect(self, webhook_url: str | None) -> ConnectResult:
        """Log in to both servers."""
        return await account.connect(self.config)

    async def disconnect(self) -> None:
        """The mailbox knows nothing of us."""

    async def check(self) -> Json:
        """Whether both servers let us in."""
        return await account.check(self.config)

    async def poll(self, cursor: str) -> PollResult:
        """Letters that came or were sent since."""
        from . import polling

        return await polling.poll(self.config, cursor)

    def extract(self, raw: bytes, reference: Json, limit: int) -> DownloadedFile:
        """A file out of the letter."""
        from . import files

        return files.extract(raw, reference, limit)

    async def download(self, reference: Json, limit: int) -> DownloadedFile:
        """All files lie in their letters; without the letter there is none."""
        raise ConnectorError("bad_content", NO_FILE)

"""The website chat as a connector: the platform is ourselves."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from channels_connectors.base import Connector
from channels_connectors.errors import ConnectorError, Unauthorized
from channels_connectors.registry import register
from channels_connectors.types import (
    Capabilities,
    ConnectResult,
    CredentialField,
    DownloadedFile,
    InboundItem,
    Json,
    OutboundMessage,
    Receipt,
    SendReceipt,
    WebhookRequest,
    Words,
    names,
)
from livechat import appearance, envelopes, stored
from livechat.snippet import embed_code


@register
class LivechatConnector(Connector):
    """A chat window on the company's website. Visitors come by socket, not by webhook."""

    kind: ClassVar[str] = "livechat"
    label: ClassVar[Words] = _("Website chat")
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=10_000,
        caption_limit=10_000,
        max_file_bytes=50 * 1024 * 1024,
        formats=names(
            "bold italic underline strikethrough code pre text_link url email phone_number"
        ),
        edit=True,
        delete=True,
        typing=True,
        read=True,
        reply=True,
        reactions=True,
        buttons=frozenset({"reply", "link"}),
        dedupes_sends=True,
        tells_delivered=True,
        tells_read=True,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = ()

    def accept(self, request: WebhookRequest) -> Receipt:
        """Nobody calls a webhook of this kind."""
        raise Unauthorized

    def parse(self, raw: bytes) -> list[InboundItem]:
        """An envelope of our own as items."""
        return envelopes.parse(raw)

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """Nothing to call: the journal tells the visitor's open window, and the history a later
        one. The visitor's window answers with delivered and read."""
        self.check_length(message)
        return SendReceipt(external_id=str(message.idempotency_key))

    async def edit(self, external_ids: tuple[str, ...], message: OutboundMessage) -> None:
        """Nothing to call either: the journal has told the window already."""

    async def delete(self, chat_id: str, external_ids: tuple[str, ...]) -> None:
        """The same."""

    async def react(self, chat_id: str, external_id: str, emoji: str) -> None:
        """The same."""

    async def connect(self, webhook_url: str | None) -> ConnectResult:
        """There is no account elsewhere; the key is our own."""
        return ConnectResult(external_id=self.config.key, name="")

    async def disconnect(self) -> None:
        """The widget goes silent by the channel's status."""

    async def check(self) -> Json:
        """It works as long as we do."""
        return {"ok": True}

    async def download(self, reference: Json, limit: int) -> DownloadedFile:
        """The file that the visitor has uploaded to us."""
        try:
            source = stored.place(self.config.key, str(reference.get("upload")))
            size = source.stat().st_size
            if size > limit:
                raise ConnectorError("bad_content", _("The file is too large."))
            return DownloadedFile(path=stored.linked(source), size=size)
        except (ValueError, FileNotFoundError):
            raise ConnectorError("bad_content", _("The file is no longer here.")) from None

    async def send_typing(self, chat_id: str) -> None:
        """The visitor's window is told by its socket."""

    async def mark_read(self, chat_id: str, external_id: str) -> None:
        """The visitor's window reads it from the journal."""

    def clean_settings(self) -> Json:
        """How the widget looks and where it may live."""
        return appearance.clean(self.config.settings)

    def embed_code(self) -> str:
        """The line to paste before </body>."""
        return embed_code(self.config.key)

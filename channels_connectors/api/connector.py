"""Any other system: signed JSON in, signed JSON out."""

from __future__ import annotations

import secrets
import time
from typing import ClassVar

import orjson
from django.utils.translation import gettext_lazy as _

from channels_connectors.base import Connector
from channels_connectors.errors import BadPayload, ConnectorError, Unauthorized
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
    WebhookReply,
    WebhookRequest,
    Words,
    names,
)
from core.ids import uuid7

from . import callbacks, files, payloads, sending, signing
from .contents import ENTITY_TYPES
from .fields import Wrong
from .words import NO_POLLING, SHORT_SECRET

_GESTURE_SECONDS = 8


@register
class ApiConnector(Connector):
    """A program of the company's own, or of a platform that we do not know."""

    kind: ClassVar[str] = "api"
    label: ClassVar[Words] = _("Another system (API)")
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=sending.TEXT_LIMIT,
        caption_limit=sending.TEXT_LIMIT,
        max_file_bytes=sending.MAX_FILE_BYTES,
        formats=ENTITY_TYPES,
        edit=True,
        delete=True,
        typing=True,
        read=True,
        reply=True,
        reactions=True,
        buttons=names("reply callback link phone location"),
        # By the Idempotency-Key, which docs/api-channel.md asks of the other side.
        dedupes_sends=True,
        tells_delivered=True,
        tells_read=True,
        sends_per_second=20,
    )
    has_own_servers: ClassVar[bool] = False
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            name="callback_url",
            label=_("Callback address"),
            required=False,
            secret=False,
            help=_("Where we post what agents write. Empty: your system fetches it by our API."),
        ),
        CredentialField(
            name="secret",
            label=_("Secret"),
            required=False,
            help=_("Both sides sign with it. Empty: we make one and show it once."),
        ),
    )

    def accept(self, request: WebhookRequest) -> Receipt:
        """Signed with the channel's secret, not long ago. A wrong item is told to who sent it."""
        secret = str(self.config.credentials.get("secret") or "")
        if not signing.is_signed(secret, request.headers, request.body, time.time()):
            raise Unauthorized
        if request.method != "POST":
            raise BadPayload("items are posted")
        try:
            items, keys = payloads.read(request.body)
        except Wrong as error:
            return Receipt(None, _json(400, {"error": str(error)}))
        moment = request.headers.get(signing.TIMESTAMP.lower().encode(), b"")
        return Receipt(payloads.dedup_key(keys, moment), _json(202, {"accepted": len(items)}))

    def parse(self, raw: bytes) -> list[InboundItem]:
        """The items of a body."""
        return payloads.parse(raw)

    async def connect(self, webhook_url: str | None) -> ConnectResult:
        """Check the address, and with a given secret that the other side takes our signature."""
        if webhook_url is None:
            raise ConnectorError("channel_auth", NO_POLLING)
        given = str(self.config.credentials.get("secret") or "").strip()
        if given and len(given) < signing.SHORTEST_SECRET:
            raise ConnectorError("channel_auth", SHORT_SECRET, field="secret")
        host = await self._checked_host()
        if given:
            # A secret that we make is not known there yet, so there would be nothing to try.
            await self._ping()
        return ConnectResult(
            external_id="",
            name=host or "API",
            credentials={"secret": given or secrets.token_urlsafe(32)},
            reveal=() if given else ("secret",),
        )

    async def disconnect(self) -> None:
        """Nothing of ours lies there; without the secret no call is taken any more."""

    async def check(self) -> Json:
        """Whether the other side answers a signed `ping`."""
        await self._ping()
        return {"ok": True}

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """Post the message, or leave it to be fetched."""
        return await sending.send(self.config, message)

    async def edit(self, external_ids: tuple[str, ...], message: OutboundMessage) -> None:
        """Tell of the new text."""
        said = {"id": external_ids[0], "chat": message.chat_id, **sending.content_of(message)}
        await self._tell("edit", {"message": said})

    async def delete(self, chat_id: str, external_ids: tuple[str, ...]) -> None:
        """Tell what is to disappear."""
        await self._tell("delete", {"chat": chat_id, "messages": list(external_ids)})

    async def react(self, chat_id: str, external_id: str, emoji: str) -> None:
        """Tell of our reaction; null takes it back."""
        body = {"chat": chat_id, "message": external_id, "emoji": emoji or None}
        await self._tell("reaction", body)

    async def send_typing(self, chat_id: str) -> None:
        """Tell that an agent types."""
        await self._tell("typing", {"chat": chat_id})

    async def mark_read(self, chat_id: str, external_id: str) -> None:
        """Tell how far we have read."""
        await self._tell("read", {"chat": chat_id, "message": external_id})

    async def download(self, reference: Json, limit: int) -> DownloadedFile:
        """The file that came with a message, or lies at the address that did."""
        return await files.download(self.config, reference, limit)

    async def _checked_host(self) -> str:
        """The callback address's server, which may be called; "" where there is no address."""
        address = callbacks.callback_url(self.config)
        if not address:
            return ""
        url = callbacks.check_address(address)
        async with callbacks.calls(self.config, url):
            return url.host or ""

    async def _ping(self) -> None:
        await self._tell("ping", {})

    async def _tell(self, event: str, body: Json) -> None:
        """Without an address the other side reads the same from the API's events."""
        if callbacks.callback_url(self.config):
            await callbacks.tell(self.config, event, body, uuid7(), _GESTURE_SECONDS)


def _json(status: int, body: Json) -> WebhookReply:
    return WebhookReply(status, orjson.dumps(body), "application/json")

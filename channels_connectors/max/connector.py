"""MAX bots, by webhook or long poll."""

from __future__ import annotations

import hmac
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from channels_connectors import documents
from channels_connectors.base import Connector
from channels_connectors.errors import BadPayload, Unauthorized
from channels_connectors.registry import register
from channels_connectors.types import (
    Capabilities,
    ConnectResult,
    CredentialField,
    DownloadedFile,
    InboundItem,
    Json,
    OutboundMessage,
    PollResult,
    Profile,
    Receipt,
    SendReceipt,
    WebhookRequest,
    Words,
)

from . import account, changes, files, payloads, polling, profiles
from .api import Api
from .bodies import MOST_ATTACHMENTS, TEXT_LIMIT
from .buttons import ACTIONS
from .markup import FORMATS
from .people import USER
from .sending import send
from .uploads import MAX_FILE_BYTES

_SIGN_SECONDS = 5


@register
class MaxConnector(Connector):
    """A bot: customers write to it, its agents answer as it."""

    kind: ClassVar[str] = "max"
    label: ClassVar[Words] = _("MAX")
    capabilities: ClassVar[Capabilities] = Capabilities(
        # A longer text goes as several messages.
        text_limit=4 * TEXT_LIMIT,
        caption_limit=TEXT_LIMIT,
        max_file_bytes=MAX_FILE_BYTES,
        formats=FORMATS,
        edit=True,
        delete=True,
        edit_hours=24,
        delete_hours=24,
        typing=True,
        read=True,
        reply=True,
        buttons=frozenset(ACTIONS),
        max_attachments=MOST_ATTACHMENTS,
        sends_per_second=30,
        chat_sends_per_second=2,
        chat_burst=2,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            name="token",
            label=_("Bot token"),
            help=_("In MAX for business: Chat bots, your bot, Integration, Get token."),
        ),
    )

    def accept(self, request: WebhookRequest) -> Receipt:
        """MAX sends back the secret that we chose in `connect`; only 200 counts as taken."""
        expected = str(self.config.credentials.get("secret_token") or "").encode()
        given = request.headers.get(b"x-max-bot-api-secret", b"")
        if not expected or not hmac.compare_digest(given, expected):
            raise Unauthorized
        if request.method != "POST":
            raise BadPayload("MAX posts its updates")
        try:
            return Receipt(dedup_key=payloads.dedup_key(documents.load(request.body)))
        except (ValueError, TypeError, LookupError):
            raise BadPayload("not an update") from None

    def parse(self, raw: bytes) -> list[InboundItem]:
        """An update as items."""
        return payloads.parse(raw, str(self.config.settings.get("bot_id") or ""))

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """Send, as one message or several."""
        self.check_length(message)
        return await send(self.config, message)

    async def edit(self, external_ids: tuple[str, ...], message: OutboundMessage) -> None:
        """Replace the text, and the buttons where there are some."""
        await changes.edit(self.config, external_ids, message)

    async def delete(self, chat_id: str, external_ids: tuple[str, ...]) -> None:
        """Delete for both sides."""
        await changes.delete(self.config, external_ids)

    async def connect(self, webhook_url: str | None) -> ConnectResult:
        """Check the token; subscribe, or make polling possible."""
        return await account.connect(self.config, webhook_url)

    async def disconnect(self) -> None:
        """Remove our subscription."""
        await account.disconnect(self.config)

    async def check(self) -> Json:
        """Whether the token is good and updates come to us."""
        return await account.check(self.config)

    async def poll(self, cursor: str) -> PollResult:
        """Ask for updates."""
        return await polling.poll(self.config, cursor)

    async def download(self, reference: Json, limit: int) -> DownloadedFile:
        """Fetch a file from the address that came with it, a video by its token."""
        return await files.download(self.config, reference, limit)

    async def fetch_profile(self, chat_id: str) -> Profile | None:
        """Name and picture of the other side."""
        return await profiles.fetch_profile(self.config, chat_id)

    async def acknowledge(self, data: Json) -> None:
        """Stop the spinner on a pressed button."""
        async with Api(self.config) as api:
            # MAX wants something to be in it; an empty notification shows nothing.
            body = {"notification": str(data.get("notification") or "")}
            await api.call("POST", "answers", body, callback_id=data["callback_id"])

    async def send_typing(self, chat_id: str) -> None:
        """Show "typing…" for some seconds."""
        await self._act(chat_id, "typing_on")

    async def mark_read(self, chat_id: str, external_id: str) -> None:
        """Show the customer that all was read."""
        await self._act(chat_id, "mark_seen")

    async def _act(self, chat_id: str, action: str) -> None:
        if chat_id.startswith(USER):
            # Only chats that are known by their own id can be acted in.
            return
        async with Api(self.config) as api:
            await api.call(
                "POST", f"chats/{chat_id}/actions", {"action": action}, seconds=_SIGN_SECONDS
            )

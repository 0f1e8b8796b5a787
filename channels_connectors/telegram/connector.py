"""Telegram, by the Bot API."""

from __future__ import annotations

import hmac
from typing import ClassVar

import orjson
from django.utils.translation import gettext_lazy as _

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
    WebhookReply,
    WebhookRequest,
    Words,
    names,
)

from . import account, files, payloads, polling
from .api import Api, bot_id

_SECRET_HEADER = b"x-telegram-bot-api-secret-token"
_TAKEN = WebhookReply(200, b"{}", "application/json")


@register
class TelegramConnector(Connector):
    """A bot: customers write to it, its owner's agents answer as it."""

    kind: ClassVar[str] = "telegram"
    label: ClassVar[Words] = _("Telegram")
    capabilities: ClassVar[Capabilities] = Capabilities(
        # Longer than the 4096 characters of one message: `send` cuts between paragraphs.
        text_limit=16_384,
        caption_limit=1024,
        max_file_bytes=50 * 1024 * 1024,
        formats=names(
            "bold italic underline strikethrough spoiler code pre blockquote text_link url mention "
            "hashtag email phone_number bot_command"
        ),
        typing=True,
        reply=True,
        # About 30 in a second to all and one to each chat; short bursts are borne.
        sends_per_second=25,
        chat_sends_per_second=1,
        chat_burst=5,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            name="token",
            label=_("Bot token"),
            help=_("@BotFather gives it after /newbot. It looks like 123456789:AAE…"),
        ),
    )

    def accept(self, request: WebhookRequest) -> Receipt:
        """Telegram proves itself by the secret that we chose in `connect`."""
        expected = str(self.config.credentials.get("secret_token") or "").encode()
        given = request.headers.get(_SECRET_HEADER, b"")
        if not expected or not hmac.compare_digest(given, expected):
            raise Unauthorized
        if request.method != "POST":
            raise BadPayload("Telegram posts its updates")
        try:
            number = orjson.loads(request.body)["update_id"]
        except (ValueError, TypeError, LookupError):
            raise BadPayload("not an update") from None
        if type(number) is not int:
            raise BadPayload("update_id is not a number")
        return Receipt(dedup_key=str(number), reply=_TAKEN)

    def parse(self, raw: bytes) -> list[InboundItem]:
        """An `Update` as items."""
        return payloads.parse(raw, bot_id(self.config))

    @classmethod
    def load_sending(cls) -> None:
        """Only the processes that send pay for aiogram's size."""
        from . import sending  # noqa: F401

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """Send by aiogram."""
        from . import sending

        return await sending.send(self.config, message)

    def account_id(self) -> str:
        """The bot's user id: the first part of its token."""
        return bot_id(self.config)

    async def connect(self, webhook_url: str | None) -> ConnectResult:
        """Check the token and set the webhook, or remove it for polling."""
        return await account.connect(self.config, webhook_url)

    async def disconnect(self) -> None:
        """Remove our webhook."""
        await account.disconnect(self.config)

    async def check(self) -> Json:
        """What Telegram tells of our webhook."""
        return await account.check(self.config)

    async def poll(self, cursor: str) -> PollResult:
        """Ask for updates."""
        return await polling.poll(self.config, cursor)

    async def download(self, reference: Json, limit: int) -> DownloadedFile:
        """Fetch a file by its `file_id`."""
        return await files.download(self.config, reference, limit)

    async def fetch_profile(self, chat_id: str) -> Profile | None:
        """Name and picture of a chat."""
        return await account.fetch_profile(self.config, chat_id)

    async def acknowledge(self, data: Json) -> None:
        """Stop the spinner on a pressed button."""
        async with Api(self.config) as api:
            await api.call("answerCallbackQuery", data)

    async def send_typing(self, chat_id: str) -> None:
        """Show "typing…" for five seconds or until a message comes."""
        async with Api(self.config) as api:
            await api.call("sendChatAction", {"chat_id": chat_id, "action": "typing"}, seconds=5)

"""Telegram, by the Bot API."""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import ClassVar

import orjson
from django.utils.translation import gettext_lazy as _

from channels_connectors.base import Connector
from channels_connectors.errors import BadPayload, Unauthorized
from channels_connectors.registry import register
from channels_connectors.types import (
    Capabilities,
    ChannelConfig,
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
    SettingField,
    WebhookReply,
    WebhookRequest,
    Words,
    names,
)

from . import account, changes, files, payloads, polling, profiles
from .api import Api, bot_id, is_local

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
        edit=True,
        delete=True,
        delete_hours=48,
        typing=True,
        # In the chats of business accounts; to a bot's own chats reading means nothing.
        read=True,
        reply=True,
        reactions=True,
        reaction_emojis=changes.REACTIONS,
        buttons=names("reply link phone location"),
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
    setting_fields: ClassVar[tuple[SettingField, ...]] = (
        SettingField(
            "local",
            _("Mode of the server"),
            help=_("A Bot API server of your own that runs with --local takes larger files."),
            choices=(("", _("As Telegram’s own")), ("true", _("With --local"))),
            connects=True,
        ),
    )

    def __init__(self, config: ChannelConfig) -> None:
        super().__init__(config)
        self.capabilities = self.capabilities_with(config.settings)  # type: ignore[misc]

    @classmethod
    def capabilities_with(cls, settings: Json) -> Capabilities:
        """A Bot API server of one's own takes files of 2000 MB."""
        if is_local(settings):
            return replace(cls.capabilities, max_file_bytes=2000 * 1024 * 1024)
        return cls.capabilities

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
        self.check_length(message)
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
        return await profiles.fetch_profile(self.config, chat_id)

    async def acknowledge(self, data: Json) -> None:
        """Stop the spinner on a pressed button."""
        async with Api(self.config) as api:
            await api.call("answerCallbackQuery", data)

    async def send_typing(self, chat_id: str) -> None:
        """Show "typing…" for five seconds or until a message comes."""
        await changes.send_typing(self.config, chat_id)

    async def mark_read(self, chat_id: str, external_id: str) -> None:
        """Mark a chat of a business account as read."""
        await changes.mark_read(self.config, chat_id, external_id)

    async def edit(self, external_ids: tuple[str, ...], message: OutboundMessage) -> None:
        """Put another text into a message, or into the caption of its file."""
        await changes.edit(self.config, external_ids, message)

    async def delete(self, chat_id: str, external_ids: tuple[str, ...]) -> None:
        """Take a message back, for both sides."""
        await changes.delete(self.config, external_ids)

    async def react(self, chat_id: str, external_id: str, emoji: str) -> None:
        """Put our reaction on a message."""
        await changes.react(self.config, external_id, emoji)

    def clean_settings(self) -> Json:
        """`local` as a boolean; a server of one's own needs an address."""
        return account.clean_settings(self.config)

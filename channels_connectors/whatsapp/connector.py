"""WhatsApp, by Meta's Cloud API."""

from __future__ import annotations

import hashlib
import hmac
from typing import ClassVar, Final
from urllib.parse import parse_qs

from django.utils.translation import gettext_lazy as _

from channels_connectors import documents
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
    OutboundAttachment,
    OutboundMessage,
    Receipt,
    SendReceipt,
    SettingField,
    Template,
    WebhookReply,
    WebhookRequest,
    Words,
)

from . import account, files, gestures, payloads, template_media, templates
from .api import credential, is_version
from .markup import FORMATS
from .people import Account
from .words import WRONG_VERSION

_SIGNATURE_HEADER: Final = b"x-hub-signature-256"
_TAKEN: Final = WebhookReply(200, b"EVENT_RECEIVED")
_LONGEST_CHALLENGE: Final = 1000


@register
class WhatsAppConnector(Connector):
    """A phone number of a business: customers write to it, its agents answer as it."""

    kind: ClassVar[str] = "whatsapp"
    label: ClassVar[Words] = _("WhatsApp")
    capabilities: ClassVar[Capabilities] = Capabilities(
        # Longer than the 4096 characters of one message: `send` cuts between paragraphs.
        text_limit=16_384,
        caption_limit=1024,
        max_file_bytes=100 * 1024 * 1024,
        formats=FORMATS,
        typing=True,
        read=True,
        reply=True,
        reactions=True,
        buttons=frozenset({"reply", "link", "location"}),
        templates=True,
        window_hours=24,
        # Outside the window, and to who never wrote, an approved template.
        can_write_first=True,
        tells_delivered=True,
        tells_read=True,
        # 80 in a second for the number; to one customer one in six seconds, with short bursts.
        sends_per_second=80,
        chat_sends_per_second=1 / 6,
        chat_burst=20,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            name="token",
            label=_("Access token"),
            help=_(
                "A permanent one of a system user, with whatsapp_business_messaging and "
                "whatsapp_business_management. It begins with EAA."
            ),
        ),
        CredentialField(
            name="phone_number_id",
            label=_("Phone number ID"),
            secret=False,
            help=_("Under WhatsApp, API Setup. It is not the phone number itself."),
        ),
        CredentialField(
            name="waba_id",
            label=_("WhatsApp Business Account ID"),
            secret=False,
            help=_("Beside the phone number ID."),
        ),
        CredentialField(
            name="app_secret",
            label=_("App secret"),
            help=_("Under App settings, Basic. By it we know that a message comes from Meta."),
        ),
        CredentialField(
            name="verify_token",
            label=_("Verify token"),
            required=False,
            help=_("Only if you set up the webhook by hand; else it is made for you."),
            group=_("Set up by hand"),
        ),
        CredentialField(
            name="app_id",
            label=_("App ID"),
            required=False,
            secret=False,
            help=_("Beside the app secret. Empty: we ask for it when a template has a picture."),
            group=_("Set up by hand"),
        ),
    )
    setting_fields: ClassVar[tuple[SettingField, ...]] = (
        SettingField(
            "graph_version",
            _("Version of the Graph API"),
            help=_("Such as v26.0. Empty: the one that we know."),
            max_length=10,
            connects=True,
        ),
    )

    def accept(self, request: WebhookRequest) -> Receipt:
        """Meta proves itself by a signature over the raw bytes, or while it confirms an address,
        by the token that we told it."""
        if request.method == "GET":
            return self._handshake(request.query)
        secret = credential(self.config, "app_secret")
        expected = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
        given = request.headers.get(_SIGNATURE_HEADER, b"")
        if not secret or not hmac.compare_digest(given, b"sha256=" + expected.encode()):
            raise Unauthorized
        try:
            return Receipt(payloads.dedup_key(documents.load(request.body)), _TAKEN)
        except (ValueError, TypeError, LookupError, RecursionError):
            raise BadPayload("not a webhook of WhatsApp") from None

    def parse(self, raw: bytes) -> list[InboundItem]:
        """A body as items."""
        about = Account(self.account_id(), credential(self.config, "waba_id"))
        return payloads.parse(raw, about)

    @classmethod
    def load_sending(cls) -> None:
        """Only the processes that send need what looks into pictures."""
        from . import sending  # noqa: F401

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """Send by the Cloud API."""
        from . import sending

        return await sending.send(self.config, message)

    def account_id(self) -> str:
        """The number's id."""
        return credential(self.config, "phone_number_id")

    def clean_settings(self) -> Json:
        """`graph_version`, where it is given, is a version of the Graph API."""
        settings = dict(self.config.settings)
        version = settings.get("graph_version")
        if version in (None, ""):
            settings.pop("graph_version", None)
        elif not is_version(str(version)):
            raise ConnectorError("bad_content", WRONG_VERSION)
        return settings

    async def connect(self, webhook_url: str | None) -> ConnectResult:
        """Check the credentials and the number."""
        return await account.connect(self.config, webhook_url)

    async def after_connect(self) -> None:
        """Have our address confirmed."""
        await account.after_connect(self.config)

    async def disconnect(self) -> None:
        """Take our address back."""
        await account.disconnect(self.config)

    async def check(self) -> Json:
        """What Meta tells of the number: quality, status, limits."""
        return await account.check(self.config)

    async def download(self, reference: Json, limit: int) -> DownloadedFile:
        """Fetch a file by its media id."""
        return await files.download(self.config, reference, limit)

    async def mark_read(self, chat_id: str, external_id: str) -> None:
        """Put blue ticks on this message and all before it."""
        await gestures.mark_read(self.config, external_id)

    async def send_typing_below(self, chat_id: str, external_id: str) -> None:
        """Show "typing…" for 25 seconds or until a message comes. It also marks as read."""
        await gestures.mark_read(self.config, external_id, typing=True)

    async def react(self, chat_id: str, external_id: str, emoji: str) -> None:
        """Put a reaction on a message; "" takes it back."""
        await gestures.react(self.config, chat_id, external_id, emoji)

    async def template_header(self, file: OutboundAttachment) -> Json:
        """Upload a header's example."""
        return await template_media.header(self.config, file)

    async def list_templates(self) -> list[Template]:
        """All message templates of the WhatsApp account."""
        return await templates.list_all(self.config)

    async def create_template(self, template: Template) -> Template:
        """Hand a template in for Meta's approval."""
        return await templates.create(self.config, template)

    async def delete_template(self, name: str) -> None:
        """Delete a template in all its languages."""
        await templates.delete(self.config, name)

    def _handshake(self, query: bytes) -> Receipt:
        expected = credential(self.config, "verify_token").encode(errors="replace")
        told = parse_qs(query.decode(errors="replace"))
        mode, token, challenge = (
            told.get(f"hub.{name}", [""])[0] for name in ("mode", "verify_token", "challenge")
        )
        right = hmac.compare_digest(token.encode(errors="replace"), expected)
        if not (expected and right and mode == "subscribe") or len(challenge) > _LONGEST_CHALLENGE:
            raise Unauthorized
        return Receipt(None, WebhookReply(200, challenge.encode()))

"""VK communities, by the Callback API or Bots Long Poll."""

from __future__ import annotations

import hmac
from typing import Any, ClassVar

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
    WebhookReply,
    WebhookRequest,
    Words,
    names,
)

from . import account, files, payloads, polling, profiles
from .api import Api
from .reactions import EMOJIS

# VK repeats an event unless it reads exactly this.
_TAKEN = WebhookReply(200, b"ok")


@register
class VkConnector(Connector):
    """A community: customers write to it, its agents answer as it."""

    kind: ClassVar[str] = "vk"
    label: ClassVar[Words] = _("VK")
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=4096,
        caption_limit=4096,
        max_file_bytes=200 * 1024 * 1024,
        edit=True,
        delete=True,
        typing=True,
        read=True,
        reply=True,
        reactions=True,
        edit_hours=24,
        delete_hours=24,
        reaction_emojis=EMOJIS,
        buttons=names("reply callback link location"),
        # By random_id, for about an hour.
        dedupes_sends=True,
        # By message_read; of what has arrived but was not opened VK tells nothing.
        tells_read=True,
        # 20 calls a second, of which files take two more, and what nobody waits for its share.
        sends_per_second=15,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            name="token",
            label=_("Access key"),
            help=_(
                "In the community: Manage, API usage, Create key, with community management, "
                "messages, photos and documents."
            ),
        ),
        CredentialField(
            name="group_id",
            label=_("Community"),
            secret=False,
            help=_("Its number or its address, such as vk.com/club123456."),
        ),
        CredentialField(
            name="secret",
            label=_("Secret key"),
            required=False,
            help=_("Only if you set up the Callback API by hand; else it is made for you."),
            group=_("Set up by hand"),
        ),
        CredentialField(
            name="confirmation_code",
            label=_("Confirmation code"),
            required=False,
            help=_("Together with the secret key: the string that the server must return."),
            group=_("Set up by hand"),
        ),
    )

    def accept(self, request: WebhookRequest) -> Receipt:
        """VK proves itself by the secret and the community's number in the body."""
        if request.method != "POST":
            raise BadPayload("VK posts its events")
        try:
            event = documents.load(request.body)
            kind, group = event["type"], event["group_id"]
        except (ValueError, TypeError, LookupError):
            raise BadPayload("not an event") from None
        is_handshake = kind == "confirmation"
        self._check_sender(group, event.get("secret"), secret_may_lack=is_handshake)
        if is_handshake:
            code = str(self.config.credentials.get("confirmation_code") or "")
            return Receipt(dedup_key=None, reply=WebhookReply(200, code.encode()))
        return Receipt(dedup_key=payloads.dedup_key(event), reply=_TAKEN)

    def parse(self, raw: bytes) -> list[InboundItem]:
        """An event as items."""
        return payloads.parse(raw, self.account_id())

    @classmethod
    def load_sending(cls) -> None:
        """Only the processes that send load vk_api."""
        from . import sending  # noqa: F401

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """Send by vk_api."""
        from . import sending

        return await sending.send(self.config, message)

    def account_id(self) -> str:
        """The community's number."""
        return account.group_id(self.config)

    async def connect(self, webhook_url: str | None) -> ConnectResult:
        """Check the key and the community; set up a callback server or long poll."""
        return await account.connect(self.config, webhook_url)

    async def after_connect(self) -> None:
        """Have our address confirmed."""
        await account.after_connect(self.config)

    async def disconnect(self) -> None:
        """Remove our callback server."""
        await account.disconnect(self.config)

    async def check(self) -> Json:
        """What VK tells of our callback server and our rights."""
        return await account.check(self.config)

    async def poll(self, cursor: str) -> PollResult:
        """Ask for events."""
        return await polling.poll(self.config, cursor)

    async def download(self, reference: Json, limit: int) -> DownloadedFile:
        """Fetch a file from the address that came with it."""
        return await files.download(self.config, reference, limit)

    async def fetch_profile(self, chat_id: str) -> Profile | None:
        """Name and picture of a person."""
        return await profiles.fetch_profile(self.config, chat_id)

    async def edit(self, external_ids: tuple[str, ...], message: OutboundMessage) -> None:
        """Edit; VK allows it for a day."""
        from . import changes

        await changes.edit(self.config, external_ids[0], message)

    async def delete(self, chat_id: str, external_ids: tuple[str, ...]) -> None:
        """Delete for everybody; VK allows it for a day."""
        from . import changes

        await changes.delete(self.config, external_ids)

    async def react(self, chat_id: str, external_id: str, emoji: str) -> None:
        """Put one of VK's reactions on a message, or take it back."""
        from . import changes

        await changes.react(self.config, external_id, emoji)

    async def mark_read(self, chat_id: str, external_id: str) -> None:
        """Show the customer that we have read."""
        from . import changes

        await changes.mark_read(self.config, chat_id, external_id)

    async def acknowledge(self, data: Json) -> None:
        """Stop the spinner on a pressed button."""
        async with Api(self.config) as api:
            await api.call("messages.sendMessageEventAnswer", data)

    async def send_typing(self, chat_id: str) -> None:
        """Show "typing…" for ten seconds or until a message comes."""
        async with Api(self.config) as api:
            await api.call(
                "messages.setActivity",
                {"peer_id": chat_id, "type": "typing", "group_id": self.account_id()},
                seconds=5,
            )

    def _check_sender(self, group: Any, secret: Any, *, secret_may_lack: bool) -> None:
        expected_group = self.account_id()
        expected_secret = str(self.config.credentials.get("secret") or "")
        right_group = _same(str(group), expected_group)
        right_secret = _same(str(secret or ""), expected_secret)
        # VK confirms an address before it has been given the secret.
        if secret_may_lack and secret is None:
            right_secret = True
        if not (right_group and right_secret and expected_group and expected_secret):
            raise Unauthorized


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode(errors="replace"))

"""The contract of every platform: its payloads to values, and values to its calls."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from .errors import ConnectorError
from .types import (
    Capabilities,
    ChannelConfig,
    ConnectResult,
    CredentialField,
    DownloadedFile,
    InboundItem,
    Json,
    OutboundAttachment,
    OutboundMessage,
    PollResult,
    Profile,
    Receipt,
    SendReceipt,
    SettingField,
    Template,
    WebhookRequest,
    Words,
)


class Connector(ABC):
    """One channel of one platform. It knows no conversation, keeps no state between calls, and its
    network calls work under any event loop. They raise `ConnectorError` and nothing else."""

    kind: ClassVar[str]
    label: ClassVar[Words]
    capabilities: ClassVar[Capabilities]
    credential_fields: ClassVar[tuple[CredentialField, ...]]
    setting_fields: ClassVar[tuple[SettingField, ...]] = ()
    # Companies may run the platform's server themselves: the setting `api_url` leads to it.
    has_own_servers: ClassVar[bool] = True
    # The platform calls nobody: its channels are always read by polling.
    polls_only: ClassVar[bool] = False
    # How many deliveries are held in memory together; fewer where each may be of megabytes.
    envelopes_at_once: ClassVar[int] = 200

    def __init__(self, config: ChannelConfig) -> None:
        self.config = config

    @abstractmethod
    def accept(self, request: WebhookRequest) -> Receipt:
        """Verify a webhook call on its raw bytes. Fast, no I/O.

        Raises `Unauthorized` (401) or `BadPayload` (400). The body goes to `parse` later.
        """

    @abstractmethod
    def parse(self, raw: bytes) -> list[InboundItem]:
        """What a stored body says. Pure; raises `ParkedPayload` and nothing else."""

    @abstractmethod
    async def send(self, message: OutboundMessage) -> SendReceipt:
        """Send, and return the platform's ids."""

    @abstractmethod
    async def connect(self, webhook_url: str | None) -> ConnectResult:
        """Check the credentials and point the platform at us; None = we shall poll."""

    @abstractmethod
    async def disconnect(self) -> None:
        """Take our address back from the platform. Harmless when it is not ours any more."""

    @abstractmethod
    async def check(self) -> Json:
        """The channel's health now: `{ok: bool, ...}`, where the platform tells it.

        Credentials that the platform has replaced are in `credentials`: they are kept in the place
        of the old ones, and are no part of the health.
        """

    async def after_connect(self) -> None:  # noqa: B027
        """Ask the platform once more, now that our webhook's address answers: some call it while
        they connect, and `connect` ends before the channel is known here."""

    async def poll(self, cursor: str) -> PollResult:
        """Wait for news after `cursor` ("" at first), at most about half a minute."""
        raise ConnectorError("channel_auth", _("This channel cannot be read by polling."))

    async def download(self, reference: Json, limit: int) -> DownloadedFile:
        """Fetch an attachment of at most `limit` bytes into a temporary file."""
        raise ConnectorError("bad_content", _("This channel has no files to fetch."))

    def extract(self, raw: bytes, reference: Json, limit: int) -> DownloadedFile:
        """An attachment that lies in the stored delivery `raw` itself, as a temporary file.

        Such an attachment's reference has the delivery's `dedup_key` under "envelope".
        """
        raise ConnectorError("bad_content", _("This channel has no files to fetch."))

    async def fetch_profile(self, chat_id: str) -> Profile | None:
        """Name and picture of the other side, or None where the platform does not tell."""
        return None

    async def acknowledge(self, data: Json) -> None:  # noqa: B027
        """Tell the platform that an `InboundMessage.acknowledge` was taken; harmless when late."""

    async def send_typing(self, chat_id: str) -> None:  # noqa: B027
        """Show the other side that we are typing, for a few seconds."""

    async def send_typing_below(self, chat_id: str, external_id: str) -> None:
        """The same where the platform wants to know below which message of the customer's."""
        await self.send_typing(chat_id)

    async def mark_read(self, chat_id: str, external_id: str) -> None:  # noqa: B027
        """Tell the customer that all up to this message was read."""

    async def edit(self, external_ids: tuple[str, ...], message: OutboundMessage) -> None:
        """Replace what a sent message of ours says; `external_ids` are all that it became.

        A message that says this already counts as edited.
        """
        raise ConnectorError("bad_content", _("Messages cannot be edited here."))

    async def delete(self, chat_id: str, external_ids: tuple[str, ...]) -> None:
        """Take a sent message of ours back. One that is gone already counts as deleted."""
        raise ConnectorError("bad_content", _("Messages cannot be deleted here."))

    async def react(self, chat_id: str, external_id: str, emoji: str) -> None:
        """Put our one reaction on a message; "" takes it back."""
        raise ConnectorError("bad_content", _("Reactions cannot be sent here."))

    async def template_header(self, file: OutboundAttachment) -> Json:
        """Hand in the example of a template's picture, video or document; the component of a
        template that is made of it, in the platform's own form."""
        raise ConnectorError("bad_content", _("This channel has no message templates."))

    async def list_templates(self) -> list[Template]:
        """All message templates of the account."""
        return []

    async def create_template(self, template: Template) -> Template:
        """Hand a template in for approval; the answer has its id and status."""
        raise ConnectorError("bad_content", _("This channel has no message templates."))

    async def delete_template(self, name: str) -> None:
        """Delete a template in all its languages."""
        raise ConnectorError("bad_content", _("This channel has no message templates."))

    @classmethod
    def capabilities_with(cls, settings: Json) -> Capabilities:  # noqa: ARG003
        """What the platform can do for a channel that has these settings."""
        return cls.capabilities

    @classmethod  # noqa: B027
    def load_sending(cls) -> None:
        """Import what `send` needs, so that the processes of a worker share it by forking."""

    def check_length(self, message: OutboundMessage) -> None:
        """Raise ConnectorError for a text beyond `text_limit`, in UTF-16 units: for `send`."""
        if (
            len(message.text.encode("utf-16-le", "surrogatepass")) // 2
            > self.capabilities.text_limit
        ):
            raise ConnectorError("bad_content", _("The text is too long for this channel."))

    def account_id(self) -> str:
        """The `external_id` that `connect` will tell, where the credentials show it; else ""."""
        return ""

    def clean_settings(self) -> Json:
        """The settings that the admin gave, checked and completed. Raises `ConnectorError`."""
        return dict(self.config.settings)

    def embed_code(self) -> str:
        """HTML that the admin pastes into their site, for the kinds that live there; else ""."""
        return ""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.config.kind}>"

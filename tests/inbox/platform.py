"""A platform without a network: keeps what it was sent and fails when told to."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from django.utils import timezone

from channels_connectors.base import Connector
from channels_connectors.registry import _connectors
from channels_connectors.types import (
    Capabilities,
    ConnectResult,
    InboundItem,
    Json,
    OutboundMessage,
    Receipt,
    SendReceipt,
    WebhookReply,
    WebhookRequest,
)

KIND = "platform"


class Platform:
    """What the other side has seen. `answers` are raised (exceptions) or called, one for a send."""

    def __init__(self) -> None:
        self.sent: list[OutboundMessage] = []
        self.answers: deque[Any] = deque()
        self.at: list[float] = []
        self.lock = threading.Lock()
        self.acknowledged: list[Json] = []
        self.typed: list[str] = []
        self.changes: list[tuple[Any, ...]] = []
        self.refusals: deque[Exception] = deque()
        self.read: list[tuple[str, str]] = []
        self.seconds = 0.0

    def take(self, message: OutboundMessage) -> SendReceipt:
        with self.lock:
            answer = self.answers.popleft() if self.answers else None
            if isinstance(answer, BaseException) and not getattr(answer, "maybe_sent", False):
                raise answer
            self.sent.append(message)
            self.at.append(time.monotonic())
            number = len(self.sent)
        if isinstance(answer, BaseException):
            raise answer
        receipt = SendReceipt(
            external_id=f"{message.chat_id}:{number}", order=number, sent_at=timezone.now()
        )
        return answer(receipt) if callable(answer) else receipt

    def change(self, *change: Any) -> None:
        """Take an edit, a deletion or a reaction; the next of `refusals` is raised afterwards."""
        with self.lock:
            self.changes.append(change)
            if self.refusals:
                raise self.refusals.popleft()

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.sent]


def connector_class(platform: Platform, capabilities: Capabilities) -> type[Connector]:
    class PlatformConnector(Connector):
        kind: ClassVar[str] = KIND
        label = "Platform"
        credential_fields = ()

        def accept(self, request: WebhookRequest) -> Receipt:
            return Receipt(dedup_key=None, reply=WebhookReply())

        def parse(self, raw: bytes) -> list[InboundItem]:
            return []

        async def send(self, message: OutboundMessage) -> SendReceipt:
            if platform.seconds:
                await asyncio.sleep(platform.seconds)
            return platform.take(message)

        async def connect(self, webhook_url: str | None) -> ConnectResult:
            return ConnectResult("1", "Platform")

        async def disconnect(self) -> None:
            return None

        async def check(self) -> Json:
            return {"ok": True}

        async def acknowledge(self, data: Json) -> None:
            platform.acknowledged.append(data)

        async def edit(self, external_ids: tuple[str, ...], message: OutboundMessage) -> None:
            platform.change("edit", external_ids, message.text)

        async def delete(self, chat_id: str, external_ids: tuple[str, ...]) -> None:
            platform.change("delete", chat_id, external_ids)

        async def react(self, chat_id: str, external_id: str, emoji: str) -> None:
            platform.change("react", chat_id, external_id, emoji)

        async def mark_read(self, chat_id: str, external_id: str) -> None:
            platform.read.append((chat_id, external_id))

        async def send_typing(self, chat_id: str) -> None:
            platform.typed.append(chat_id)

    PlatformConnector.capabilities = capabilities
    return PlatformConnector


@pytest.fixture
def platform() -> Iterator[Any]:
    """`platform(dedupes_sends=True)` puts one in place; channels have the kind KIND."""

    def make(**capabilities: Any) -> Platform:
        made = Platform()
        values: dict[str, Any] = {
            "text_limit": 1000,
            "caption_limit": 1000,
            "max_file_bytes": 10_000,
            "typing": True,
            "edit": True,
            "delete": True,
            "reactions": True,
            "tells_delivered": True,
            "tells_read": True,
        }
        _connectors[KIND] = connector_class(made, Capabilities(**{**values, **capabilities}))
        return made

    yield make
    _connectors.pop(KIND, None)

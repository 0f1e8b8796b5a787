"""A platform whose envelopes mean whatever the test says."""

import itertools
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from channels_connectors.base import Connector
from channels_connectors.registry import _connectors
from channels_connectors.types import (
    Capabilities,
    ConnectResult,
    InboundItem,
    InboundMessage,
    Json,
    OutboundMessage,
    Person,
    Receipt,
    SendReceipt,
    WebhookReply,
    WebhookRequest,
)
from inbox.models import InboundEnvelope
from tests.cast import make_channel
from tests.inbox.sorting import NOON, sort
from workspaces.scope import workspace_scope

KIND = "scripted"
MARIA = Person("maria", "Maria", "masha")

_meanings: dict[bytes, Any] = {}
_numbers = itertools.count(1)


class ScriptedConnector(Connector):
    kind: ClassVar[str] = KIND
    label: ClassVar[str] = "Scripted"
    capabilities: ClassVar[Capabilities] = Capabilities(1000, 1000, 1000)
    credential_fields = ()

    def accept(self, request: WebhookRequest) -> Receipt:
        return Receipt(dedup_key=request.body.decode(), reply=WebhookReply())

    def parse(self, raw: bytes) -> list[InboundItem]:
        meaning = _meanings[raw]
        if isinstance(meaning, BaseException):
            raise meaning
        return list(meaning)

    async def send(self, message: OutboundMessage) -> SendReceipt:
        return SendReceipt(external_id=str(message.idempotency_key))

    async def connect(self, webhook_url: str | None) -> ConnectResult:
        return ConnectResult("1", "Scripted")

    async def disconnect(self) -> None:
        return None

    async def check(self) -> Json:
        return {"ok": True}


@pytest.fixture
def scripted(acme) -> Iterator[Any]:
    """A channel of acme for which `deliver_items` may be called."""
    _connectors[KIND] = ScriptedConnector
    with acme.scope():
        channel = make_channel(KIND)
    yield channel
    _connectors.pop(KIND, None)
    _meanings.clear()


def deliver_items(channel: Any, *items: InboundItem | Exception) -> InboundEnvelope:
    """One envelope that means these items, or that cannot be parsed. In the workspace's scope."""
    raw = f"envelope {next(_numbers)}".encode()
    failing = [item for item in items if isinstance(item, Exception)]
    _meanings[raw] = failing[0] if failing else items
    return InboundEnvelope.objects.create(channel=channel, dedup_key=raw.decode(), raw=raw)


def arrive(channel: Any, *items: InboundItem | Exception) -> None:
    """Each in an envelope of its own, and all sorted."""
    with workspace_scope(channel.workspace_id):
        for item in items:
            deliver_items(channel, item)
    sort()


def words(
    text: str = "Hello",
    *,
    id: str = "m1",
    after: float = 0,
    chat: str = "maria",
    person: Person | None = MARIA,
    **values: Any,
) -> InboundMessage:
    """What Maria says, `after` seconds past NOON."""
    values.setdefault("order", 0)
    values.setdefault("kind", "text")
    return InboundMessage(
        chat_id=chat,
        external_id=id,
        sent_at=NOON + timedelta(seconds=after),
        text=text,
        sender=person,
        **values,
    )

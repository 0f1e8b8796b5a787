"""Handing envelopes in and having them sorted, in the process of the test."""

import itertools
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from channels_connectors.models import Channel
from inbox.models import InboundEnvelope
from inbox.sorter.loop import Sorter, connect

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MARIA = {"id": 501, "first_name": "Мария", "last_name": "Котова", "username": "kotova"}
_numbers = itertools.count(1)


def deliver(channel: Channel, *updates: dict[str, Any] | bytes) -> list[InboundEnvelope]:
    """Put updates into the letterbox of a channel, in the scope of its workspace."""
    made = []
    for update in updates:
        number = next(_numbers)
        raw = update if isinstance(update, bytes) else encoded({"update_id": number, **update})
        made.append(InboundEnvelope.objects.create(channel=channel, dedup_key=str(number), raw=raw))
    return made


def encoded(document: Any) -> bytes:
    """JSON with whatever a stranger may put into it."""
    return json.dumps(document).encode()


def sort() -> int:
    """Have everything sorted that waits; returns the number of envelopes."""
    sorter = Sorter()
    try:
        with connect() as connection:
            return sorter.drain(connection)
    finally:
        sorter.messenger.close()


def said(
    text: str = "Hello",
    *,
    number: int = 1,
    person: dict[str, Any] = MARIA,
    after: float = 0,
    **fields: Any,
) -> dict[str, Any]:
    """Telegram's update for a message in a private chat, `after` seconds past NOON."""
    message = {
        "message_id": number,
        "date": int((NOON + timedelta(seconds=after)).timestamp()),
        "chat": {"type": "private", **person},
        "from": {"is_bot": False, "language_code": "ru", **person},
        **({"text": text} if text else {}),
        **fields,
    }
    return {"message": message}


def texts(messages: Iterable[Any]) -> list[str]:
    """In the order of the screen."""
    return [message.text for message in messages.in_order()]  # type: ignore[attr-defined]

"""A message as an event. Files go inside, as base64.

Inside, because the other system then needs no way to our server, no second call and no expiring
address; a third more of bytes is the price, and 20 MB in all the limit.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, Final

from channels_connectors.errors import ConnectorError
from channels_connectors.types import (
    ChannelConfig,
    Json,
    OutboundAttachment,
    OutboundMessage,
    SendReceipt,
)

from . import callbacks
from .words import EMPTY, FILES_TOO_LARGE, NO_FILE, TOO_LONG

TEXT_LIMIT: Final = 10_000
MAX_FILE_BYTES: Final = 10 * 1024 * 1024
_LARGEST: Final = 20 * 1024 * 1024
# A slow line needs this long for the largest message.
_SECONDS: Final = 60
_LONGEST_ID: Final = 250
_IN_PAYLOAD: Final = ("buttons", "location", "contact", "template")


async def send(config: ChannelConfig, message: OutboundMessage) -> SendReceipt:
    """Post the message; without an address it waits to be fetched by the API."""
    said = content_of(message)
    own = str(message.idempotency_key)
    if not callbacks.callback_url(config):
        return SendReceipt(external_id=own)
    body = {"message": {"id": own, "chat": message.chat_id, **said}}
    answer = await callbacks.tell(config, "message", body, own, _SECONDS)
    return SendReceipt(external_id=_external_id(answer) or own)


def content_of(message: OutboundMessage) -> Json:
    """What the message says, as JSON. Raises ConnectorError."""
    said = {name: message.payload[name] for name in _IN_PAYLOAD if message.payload.get(name)}
    if not (message.text.strip() or message.attachments or said):
        raise ConnectorError("bad_content", EMPTY)
    if len(message.text.encode("utf-16-le", "surrogatepass")) // 2 > TEXT_LIMIT:
        raise ConnectorError("bad_content", TOO_LONG)
    files: list[Json] = []
    size = 0
    for attachment in message.attachments:
        file, bytes_of_it = _file(attachment)
        size += bytes_of_it
        if size > _LARGEST:
            raise ConnectorError("bad_content", FILES_TOO_LARGE)
        files.append(file)
    return {
        "text": message.text,
        "entities": message.entities,
        "reply_to": message.reply_to or None,
        "attachments": files,
        **said,
    }


def _file(attachment: OutboundAttachment) -> tuple[Json, int]:
    path = Path(attachment.path)
    try:
        data = path.read_bytes() if path.stat().st_size <= _LARGEST else b"\0" * (_LARGEST + 1)
    except OSError:
        data = None
    if data is None:
        raise ConnectorError("bad_content", NO_FILE)
    facts = {"kind": attachment.kind, "name": attachment.name, "mime": attachment.mime}
    if len(data) > _LARGEST:
        raise ConnectorError("bad_content", FILES_TOO_LARGE)
    return {**facts, "size": len(data), "data": base64.b64encode(data).decode()}, len(data)


def _external_id(answer: dict[str, Any]) -> str:
    """Their own name of the message, if they gave one that can be kept."""
    given = answer.get("external_id")
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    return given if isinstance(given, str) and 0 < len(given) <= _LONGEST_ID else ""

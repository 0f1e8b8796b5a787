"""An outbound message as calls of VK's API. It always becomes one message."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, OutboundMessage, SendReceipt

from .api import Api
from .errors import ACCESS, Refusal, refusal
from .library import Library
from .outgoing import parameters_of
from .uploads import Uploader
from .words import MAYBE_SENT, NO_CHAT


async def send(config: ChannelConfig, message: OutboundMessage) -> SendReceipt:
    """Send `message`. Raises ConnectorError."""
    said = parameters_of(message)
    async with Api(config) as api:
        library = Library(api)
        try:
            place = await asyncio.to_thread(_send, library, api, message, said)
        except Refusal as error:
            if error.code not in ACCESS or not await _may_write(api):
                raise
            failure = ConnectorError("recipient_gone", NO_CHAT, detail=error.detail)
        except (LookupError, TypeError, ValueError, TimeoutError) as error:
            # VK has perhaps done it, but we cannot read its answer; the same id will tell.
            failure = ConnectorError(
                "transient", MAYBE_SENT, maybe_sent=True, detail=type(error).__name__
            )
        else:
            external_id = f"{message.chat_id}:{place}"
            return SendReceipt(
                external_id,
                order=place,
                # VK dates its messages in whole seconds; so do we, that their numbers decide.
                sent_at=datetime.now(UTC).replace(microsecond=0),
                all_external_ids=(external_id,),
            )
    raise failure


def random_id(key: UUID) -> int:
    """The number by which VK knows a repeated send: stable, never 0, fits 31 bits."""
    digest = hashlib.blake2b(key.bytes, digest_size=4).digest()
    return (int.from_bytes(digest) & 0x7FFF_FFFF) or 1


def _send(library: Library, api: Api, message: OutboundMessage, said: dict[str, Any]) -> int:
    """Runs in a thread. Returns the number of the message in its chat."""
    files = Uploader(library, api, message.chat_id).upload(message.attachments)
    # By `peer_ids` VK tells the number in the chat, by `peer_id` it does not.
    parameters: dict[str, Any] = {
        "peer_ids": message.chat_id,
        "random_id": random_id(message.idempotency_key),
        **said,
    }
    if files:
        parameters["attachment"] = files
    if replied := _number(message.reply_to):
        parameters["forward"] = {
            "peer_id": int(message.chat_id),
            "conversation_message_ids": [replied],
            "is_reply": True,
        }
    return _place(library, library.method("messages.send", parameters))


def _place(library: Library, sent: Any) -> int:
    told: Mapping[str, Any] = {"message_id": sent} if isinstance(sent, int) else sent[0]
    if error := told.get("error"):
        raise refusal(error)
    place = told.get("conversation_message_id")
    if not place:
        found = library.method("messages.getById", {"message_ids": [told["message_id"]]})
        place = found["items"][0]["conversation_message_id"]
    return int(place)


async def _may_write(api: Api) -> bool:
    """Whether the token itself may write, so that a refusal was about this chat."""
    told = await api.call("groups.getTokenPermissions")
    return any(found.get("name") == "messages" for found in told["permissions"])


def _number(external_id: str) -> int:
    """0 where there is nothing to point at, or a pressed button, which is no message in VK."""
    number = external_id.rpartition(":")[2]
    return int(number) if number.isascii() and number.isdigit() else 0

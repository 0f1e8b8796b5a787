"""Small signs to the customer: read, typing, a reaction."""

from __future__ import annotations

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, Json

from .api import Api
from .recipients import address
from .words import EMOJI, REFUSED


async def mark_read(config: ChannelConfig, external_id: str, *, typing: bool = False) -> None:
    """Mark all up to this message of the customer's as read; one call with `typing`."""
    body: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": external_id}
    if typing:
        body["typing_indicator"] = {"type": "text"}
    async with Api(config) as api:
        await api.post(f"{api.phone_number_id}/messages", body)


async def react(config: ChannelConfig, chat_id: str, external_id: str, emoji: str) -> None:
    """Put our one reaction on a message; "" takes it back."""
    if len(emoji) > 16 or (emoji.isascii() and emoji):
        raise ConnectorError("bad_content", EMOJI)
    if not external_id:
        raise ConnectorError("bad_content", REFUSED)
    body = {
        "messaging_product": "whatsapp",
        **address(chat_id),
        "type": "reaction",
        "reaction": {"message_id": external_id, "emoji": emoji},
    }
    async with Api(config) as api:
        await api.post(f"{api.phone_number_id}/messages", body)

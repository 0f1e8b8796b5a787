"""Where a customer opens the chat of a channel: the address to try a new channel with."""

import re
from typing import Final
from urllib.parse import quote

from channels_connectors.models import Channel

_USERNAME: Final = re.compile(r"@([A-Za-z0-9_.]{3,64})")


def chat_address(channel: Channel) -> str:
    """The address, or "" where nothing outside leads to the channel."""
    told = str(channel.health.get("chat_url") or channel.settings.get("chat_url") or "")
    if told.startswith(("https://", "mailto:")):
        return told
    username = _USERNAME.search(str(channel.settings.get("username") or channel.name))
    match channel.kind:
        case "telegram" if username:
            return f"https://t.me/{username[1]}"
        case "max" if username:
            return f"https://max.ru/{username[1]}"
        case "vk" if channel.external_id.isdigit():
            return f"https://vk.me/club{channel.external_id}"
        case "whatsapp":
            number = re.sub(r"\D", "", str(channel.setting("display_phone_number") or channel.name))
            return f"https://wa.me/{number}" if len(number) >= 7 else ""
        case "email" if "@" in (address := channel.external_id or channel.name):
            return f"mailto:{quote(address, safe='@+._-')}"
    return ""

"""The bot itself: connecting it, taking it back, its health, and the people it can see."""

from __future__ import annotations

import hmac
import secrets
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, ConnectResult, Json, Person, Profile, Words

from .api import Api
from .payloads import ALLOWED_UPDATES
from .people import full_name

# Connections that Telegram may open to us at once; each waits for our commit, so few are enough.
MAX_CONNECTIONS: Final = 40

TAKEN_OVER: Final = _("The bot was connected to another program, which no longer gets messages.")
GROUPS_HIDDEN: Final = _(
    "In groups the bot sees only commands and replies to it. @BotFather can turn group privacy off."
)


async def connect(config: ChannelConfig, webhook_url: str | None) -> ConnectResult:
    """Check the token and set or remove the webhook. Raises ConnectorError."""
    async with Api(config) as api:
        bot = await api.call("getMe")
        before = await api.call("getWebhookInfo")
        credentials: Json = {}
        if webhook_url is None:
            await api.call("deleteWebhook", {"drop_pending_updates": False})
        else:
            credentials["secret_token"] = secrets.token_urlsafe(32)
            await api.call(
                "setWebhook",
                {
                    "url": webhook_url,
                    "secret_token": credentials["secret_token"],
                    "allowed_updates": ALLOWED_UPDATES,
                    "max_connections": MAX_CONNECTIONS,
                    "drop_pending_updates": False,
                },
            )
    return ConnectResult(
        external_id=str(bot["id"]),
        name=f"@{bot['username']}" if bot.get("username") else full_name(bot),
        credentials=credentials,
        settings={"webhook_url": webhook_url or ""},
        notes=_notes(bot, before, config, webhook_url),
    )


def _notes(
    bot: Json, before: Json, config: ChannelConfig, webhook_url: str | None
) -> tuple[Words, ...]:
    notes: list[Words] = []
    earlier = str(before.get("url") or "")
    if earlier and earlier not in (webhook_url, config.settings.get("webhook_url")):
        notes.append(TAKEN_OVER)
    if bot.get("can_join_groups") and not bot.get("can_read_all_group_messages"):
        notes.append(GROUPS_HIDDEN)
    return tuple(notes)


async def disconnect(config: ChannelConfig) -> None:
    """Remove the webhook unless somebody else has set theirs since. Raises ConnectorError."""
    async with Api(config) as api:
        info = await api.call("getWebhookInfo")
        ours = str(config.settings.get("webhook_url") or "")
        if ours and hmac.compare_digest(str(info.get("url") or "").encode(), ours.encode()):
            await api.call("deleteWebhook", {"drop_pending_updates": False})


async def check(config: ChannelConfig) -> Json:
    """`{ok, pending, webhook_is_ours, last_error, last_error_at}`. Raises ConnectorError."""
    async with Api(config) as api:
        info = await api.call("getWebhookInfo")
    ours = str(config.settings.get("webhook_url") or "")
    matches = str(info.get("url") or "") == ours
    failed_at = info.get("last_error_date")
    return {
        # Telegram keeps its last error for ever; it counts only while updates are waiting.
        "ok": matches and not (failed_at and info.get("pending_update_count")),
        "webhook_is_ours": matches,
        "pending": int(info.get("pending_update_count") or 0),
        "last_error": str(info.get("last_error_message") or ""),
        "last_error_at": datetime.fromtimestamp(failed_at, UTC).isoformat() if failed_at else None,
    }


async def fetch_profile(config: ChannelConfig, chat_id: str) -> Profile | None:
    """Name, description and picture of a chat; None where the bot cannot see it."""
    try:
        async with Api(config) as api:
            chat: dict[str, Any] = await api.call("getChat", {"chat_id": chat_id})
    except ConnectorError as error:
        if error.error_class == "recipient_gone":
            return None
        raise
    photo = chat.get("photo") or {}
    avatar = photo.get("big_file_id")
    return Profile(
        person=Person(
            external_id=str(chat["id"]),
            name=full_name(chat),
            username=str(chat.get("username") or ""),
        ),
        avatar={"file_id": avatar, "file_unique_id": photo.get("big_file_unique_id", "")}
        if avatar
        else None,
        about=str(chat.get("bio") or chat.get("description") or ""),
    )

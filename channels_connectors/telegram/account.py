"""The bot itself: connecting it, taking it back, its health."""

from __future__ import annotations

import hmac
import secrets
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, ConnectResult, Json, Words

from .api import Api, is_local
from .notices import BUSINESS, connection_health
from .payloads import ALLOWED_UPDATES
from .people import full_name

# Connections that Telegram may open to us at once; each waits for our commit, so few are enough.
MAX_CONNECTIONS: Final = 40

TAKEN_OVER: Final = _("The bot was connected to another program, which no longer gets messages.")
TAKEN_AWAY: Final = _(
    "Another program has taken this bot over, so messages no longer come in here. Connect it again."
)
FAILING: Final = _(
    "Telegram cannot deliver the bot’s messages to this server. They wait there for a day."
)
NO_SERVER: Final = _("Name the address of your own Bot API server, or switch it off.")
BUSINESS_POSSIBLE: Final = _(
    "The bot can also answer for Telegram Business accounts: the owner adds it in Telegram, "
    "Settings, Telegram Business, Chatbots."
)
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
            await _set_webhook(api, webhook_url, credentials["secret_token"])
    return ConnectResult(
        external_id=str(bot["id"]),
        name=f"@{bot['username']}" if bot.get("username") else full_name(bot),
        credentials=credentials,
        settings={"webhook_url": webhook_url or ""},
        notes=_notes(bot, before, config, webhook_url),
    )


async def _set_webhook(api: Api, url: str, secret_token: str) -> None:
    await api.call(
        "setWebhook",
        {
            "url": url,
            "secret_token": secret_token,
            "allowed_updates": ALLOWED_UPDATES,
            "max_connections": MAX_CONNECTIONS,
            "drop_pending_updates": False,
        },
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
    if bot.get("can_connect_to_business"):
        notes.append(BUSINESS_POSSIBLE)
    return tuple(notes)


async def disconnect(config: ChannelConfig) -> None:
    """Remove the webhook unless somebody else has set theirs since. Raises ConnectorError."""
    async with Api(config) as api:
        info = await api.call("getWebhookInfo")
        ours = str(config.settings.get("webhook_url") or "")
        if ours and hmac.compare_digest(str(info.get("url") or "").encode(), ours.encode()):
            await api.call("deleteWebhook", {"drop_pending_updates": False})


async def check(config: ChannelConfig) -> Json:
    """What Telegram tells of our webhook and of the business accounts. Raises ConnectorError.

    `{ok, webhook_is_ours, pending, last_error, last_error_at, words}`: `words` is a sentence for
    the admin in the source language, "" when all is well. Each business account that we have
    heard of is asked for again, see `notices.connection_health`.
    """
    async with Api(config) as api:
        info = await api.call("getWebhookInfo")
        ours = str(config.settings.get("webhook_url") or "")
        matches = str(info.get("url") or "") == ours
        if matches and ours and _wants_more(info):
            await _set_webhook(api, ours, str(config.credentials.get("secret_token") or ""))
        accounts = await _business_accounts(api, config)
    failed_at = info.get("last_error_date")
    pending = int(info.get("pending_update_count") or 0)
    # Telegram keeps its last error for ever; it counts only while updates are waiting.
    is_failing = bool(failed_at and pending and ours)
    return {
        "ok": matches and not is_failing,
        "webhook_is_ours": matches,
        "pending": pending,
        "last_error": str(info.get("last_error_message") or ""),
        "last_error_at": datetime.fromtimestamp(failed_at, UTC).isoformat() if failed_at else None,
        "words": _source("" if matches and not is_failing else FAILING if matches else TAKEN_AWAY),
        **accounts,
    }


def _wants_more(info: Json) -> bool:
    """Whether the webhook was set by a version that asked for fewer kinds of news."""
    return not set(ALLOWED_UPDATES) <= set(info.get("allowed_updates") or ())


async def _business_accounts(api: Api, config: ChannelConfig) -> Json:
    found: Json = {}
    for key, known in config.health.items():
        if not key.startswith(BUSINESS):
            continue
        parameters = {"business_connection_id": key.removeprefix(BUSINESS)}
        try:
            found[key] = connection_health(await api.call("getBusinessConnection", parameters))
        except ConnectorError as error:
            if error.error_class != "recipient_gone":
                raise
            found[key] = {**known, "enabled": False}
    return found


def clean_settings(config: ChannelConfig) -> Json:
    """The settings with `local` as a boolean. Raises ConnectorError."""
    found = dict(config.settings)
    if "local" in found:
        found["local"] = is_local(found)
    if found.get("local") and not (found.get("api_url") or settings.TELEGRAM_API_URL):
        raise ConnectorError("channel_auth", NO_SERVER)
    return found


def _source(words: Words) -> str:
    """The words in the source language: whoever shows them translates them."""
    with translation.override(None):
        return str(words)

"""The bot itself: connecting it, taking it back, its health."""

from __future__ import annotations

import secrets
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, ConnectResult, Json

from .api import Api
from .errors import ADDRESS_REFUSED, NOT_SUBSCRIBED, TAKEN_OVER, Refusal
from .payloads import UPDATE_TYPES
from .people import full_name, number

OTHERS_CUT_OFF: Final = _(
    "The bot was connected to another program, which no longer gets messages."
)
OTHERS_LISTEN: Final = _("Another program gets the bot’s messages as well and may answer them.")

_OUR_PATH: Final = "/hooks/max/"


async def connect(config: ChannelConfig, webhook_url: str | None) -> ConnectResult:
    """Check the token; have updates sent to `webhook_url`, or kept for polling."""
    async with Api(config) as api:
        bot = await api.call("GET", "me")
        credentials: Json = {}
        before = await _subscriptions(api)
        others = [url for url in before if url != webhook_url]
        if webhook_url is None:
            # MAX keeps updates for polling only while nobody is subscribed.
            stale, note = others, OTHERS_CUT_OFF
            others = [url for url in others if url != config.settings.get("webhook_url")]
        else:
            credentials["secret_token"] = secrets.token_urlsafe(32)
            await _subscribe(api, webhook_url, credentials["secret_token"])
            stale, note = (
                [url for url in others if _is_ours(config, url, webhook_url)],
                OTHERS_LISTEN,
            )
            others = [url for url in others if url not in stale]
        for url in stale:
            await _unsubscribe(api, url)
    return ConnectResult(
        external_id=str(number(bot["user_id"])),
        name=f"@{bot['username']}" if bot.get("username") else full_name(bot) or "MAX",
        credentials=credentials,
        settings={"webhook_url": webhook_url or "", "bot_id": str(bot["user_id"])},
        notes=(note,) if others else (),
    )


async def disconnect(config: ChannelConfig) -> None:
    """Take our address back; others' subscriptions stay. Raises ConnectorError."""
    ours = str(config.settings.get("webhook_url") or "")
    if not ours:
        return
    async with Api(config) as api:
        if ours in await _subscriptions(api):
            await _unsubscribe(api, ours)


async def check(config: ChannelConfig) -> Json:
    """`{ok, subscribed, last_error}`: whether the token is good and updates come to us."""
    ours = str(config.settings.get("webhook_url") or "")
    async with Api(config) as api:
        await api.call("GET", "me")
        subscriptions = await _subscriptions(api)
    subscribed = ours in subscriptions
    problem = ""
    if ours and not subscribed:
        # MAX takes an address away that has not answered for hours.
        problem = ConnectorError("channel_auth", NOT_SUBSCRIBED).msgid
    elif not ours and subscriptions:
        problem = ConnectorError("channel_auth", TAKEN_OVER).msgid
    return {"ok": not problem, "subscribed": subscribed, "last_error": problem}


async def _subscriptions(api: Api) -> list[str]:
    told: Any = await api.call("GET", "subscriptions")
    return [str(found.get("url") or "") for found in told.get("subscriptions") or ()]


async def _subscribe(api: Api, url: str, secret: str) -> None:
    body = {"url": url, "secret": secret, "update_types": list(UPDATE_TYPES)}
    try:
        await api.call("POST", "subscriptions", body)
        return
    except Refusal as error:
        if error.error_class != "bad_content":
            raise
        failure = error
    raise ConnectorError("channel_auth", ADDRESS_REFUSED, detail=failure.detail)


async def _unsubscribe(api: Api, url: str) -> None:
    try:
        await api.call("DELETE", "subscriptions", url=url)
    except Refusal as error:
        # Somebody has removed it in between.
        if error.error_class != "bad_content":
            raise


def _is_ours(config: ChannelConfig, url: str, webhook_url: str) -> bool:
    """Whether it is an address that this channel had before, or that of an earlier channel here:
    one account is connected only once. Another installation's subscription is its own affair."""
    old, new = urlsplit(url), urlsplit(webhook_url)
    if url == config.settings.get("webhook_url") or old.path == new.path:
        return True
    return old.netloc == new.netloc and old.path.startswith(_OUR_PATH)

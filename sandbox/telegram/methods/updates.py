"""How a program gets its updates."""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import Any
from urllib.parse import urlsplit

from sandbox.telegram.courier import Webhook
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import Refusal, bad_request
from sandbox.telegram.world import Bot, World

_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
LONGEST_POLL = 50


async def set_webhook(world: World, bot: Bot, parameters: Parameters) -> bool:
    """Deliver by HTTP from now on. Plain HTTP and private addresses are fine for a stand-in."""
    url = parameters.text("url")
    if not url:
        return await delete_webhook(world, bot, parameters)
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise bad_request("bad webhook: an HTTPS URL must be provided for webhook")
    secret = parameters.text("secret_token")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = parameters.integer("max_connections", 40)
    if not 1 <= connections <= 100:
        raise bad_request("max_connections must be from 1 to 100")
    courier = bot.courier
    await courier.stop()
    courier.webhook = Webhook(
        url=url,
        secret=secret,
        max_connections=connections,
        allowed_updates=_allowed(bot, parameters),
        retry_base=courier.webhook.retry_base,
        retry_cap=courier.webhook.retry_cap,
    )
    if parameters.boolean("drop_pending_updates"):
        courier.pending.clear()
    courier.resume()
    world.changed = True
    return True


async def delete_webhook(world: World, bot: Bot, parameters: Parameters) -> bool:
    """Deliver no more; updates wait for getUpdates."""
    courier = bot.courier
    await courier.stop()
    courier.webhook.url = ""
    if parameters.boolean("drop_pending_updates"):
        courier.pending.clear()
    world.changed = True
    return True


async def get_webhook_info(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """`WebhookInfo`."""
    webhook = bot.courier.webhook
    info: dict[str, Any] = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(bot.courier.pending),
    }
    if webhook.url:
        info["max_connections"] = webhook.max_connections
        info["ip_address"] = "127.0.0.1"
        if webhook.last_error_date:
            info["last_error_date"] = webhook.last_error_date
            info["last_error_message"] = webhook.last_error_message
    if webhook.allowed_updates:
        info["allowed_updates"] = webhook.allowed_updates
    return info


async def get_updates(world: World, bot: Bot, parameters: Parameters) -> list[dict[str, Any]]:
    """Pending updates from `offset` on; those before it are confirmed and forgotten."""
    courier = bot.courier
    if courier.webhook.url:
        raise Refusal(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    courier.webhook.allowed_updates = _allowed(bot, parameters)
    _end_other_poll(bot)
    offset = parameters.integer("offset", 0)
    if offset < 0:
        kept = sorted(courier.pending)[offset:]
        offset = kept[0] if kept else 0
    for update_id in [known for known in courier.pending if known < offset]:
        del courier.pending[update_id]
    if not courier.pending:
        await _wait(bot, min(parameters.integer("timeout", 0), LONGEST_POLL))
    limit = min(max(parameters.integer("limit", 100), 1), 100)
    return [courier.pending[number].full for number in sorted(courier.pending)[:limit]]


def _end_other_poll(bot: Bot) -> None:
    # A bot has one reader: the newer question ends the older one.
    other, bot.poll = bot.poll, None
    if other is not None and not other.done():
        other.set_exception(
            Refusal(
                409,
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
            )
        )


async def _wait(bot: Bot, seconds: int) -> None:
    if seconds <= 0:
        return
    poll = bot.poll = asyncio.get_running_loop().create_future()
    bot.courier.arrived.clear()
    arrival = asyncio.ensure_future(bot.courier.arrived.wait())
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.wait({poll, arrival}, return_when=asyncio.FIRST_COMPLETED)
        if poll.done():
            poll.result()
    finally:
        arrival.cancel()
        if bot.poll is poll:
            bot.poll = None


def _allowed(bot: Bot, parameters: Parameters) -> list[str]:
    allowed = parameters.structure("allowed_updates")
    if allowed is None:
        return bot.courier.webhook.allowed_updates
    return [str(kind) for kind in allowed]


METHODS = {
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "getUpdates": get_updates,
}

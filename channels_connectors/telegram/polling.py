"""Asking Telegram for updates, for installations that it cannot call."""

from __future__ import annotations

from typing import Final

import orjson

from channels_connectors.types import ChannelConfig, PollResult

from .api import Api
from .payloads import ALLOWED_UPDATES

# Telegram holds the question this long when there is no news; its own limit is 50.
WAIT_SECONDS: Final = 25
_SLACK_SECONDS: Final = 10


async def poll(config: ChannelConfig, cursor: str) -> PollResult:
    """Updates from `cursor` on, each as its own JSON with all that Telegram sent."""
    wait = int(config.settings.get("poll_seconds", WAIT_SECONDS))
    parameters = {"timeout": wait, "limit": 100, "allowed_updates": ALLOWED_UPDATES}
    if cursor:
        parameters["offset"] = int(cursor)
    async with Api(config) as api:
        updates = await api.call("getUpdates", parameters, seconds=wait + _SLACK_SECONDS)
    return PollResult(
        envelopes=[(str(update["update_id"]), orjson.dumps(update)) for update in updates],
        cursor=str(updates[-1]["update_id"] + 1) if updates else cursor,
    )

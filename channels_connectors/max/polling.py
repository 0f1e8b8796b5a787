"""Long poll of updates, for installations that MAX cannot call. The cursor is MAX's marker."""

from __future__ import annotations

from typing import Any, Final

import orjson

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, PollResult

from .api import Api
from .errors import UNAVAILABLE
from .payloads import UPDATE_TYPES, dedup_key, fingerprint
from .people import number

# MAX holds the question this long when there is no news; its own limit is 90.
WAIT_SECONDS: Final = 25
_SLACK_SECONDS: Final = 10
MOST_UPDATES: Final = 100


async def poll(config: ChannelConfig, cursor: str) -> PollResult:
    """Updates from the marker on, each as its own JSON with all that MAX sent.

    Without a cursor MAX tells all that it has not seen confirmed.
    """
    wait = int(config.settings.get("poll_seconds", WAIT_SECONDS))
    async with Api(config) as api:
        told = await api.call(
            "GET",
            "updates",
            seconds=wait + _SLACK_SECONDS,
            limit=MOST_UPDATES,
            timeout=wait,
            marker=cursor or None,
            types=",".join(UPDATE_TYPES),
        )
    try:
        marker = told.get("marker")
        return PollResult(
            envelopes=[_envelope(update) for update in told["updates"]],
            cursor=cursor if marker is None else str(number(marker)),
        )
    except (LookupError, TypeError, ValueError):
        raise ConnectorError("transient", UNAVAILABLE, detail="not updates") from None


def _envelope(update: Any) -> tuple[str, bytes]:
    """What is no update goes to the letterbox too, to be parked: it must not hold up the rest."""
    try:
        key = dedup_key(update)
    except (TypeError, LookupError):
        key = fingerprint(update)
    return key, orjson.dumps(update)

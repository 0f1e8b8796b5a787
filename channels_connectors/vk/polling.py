"""Bots Long Poll, for installations that VK cannot call.

The cursor is `<ts> <key> <server>`. VK's servers forget: `failed` 1 wants another ts, 2 a new key,
3 both; what came in between is read from the conversations.
"""

from __future__ import annotations

import time
from typing import Any, Final, NamedTuple

import aiohttp
import orjson

from channels_connectors import documents
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, PollResult

from .account import group_id, set_up_polling
from .api import MOST_AT_ONCE, VERSION, Api
from .errors import WRONG_PARAMETER, Refusal
from .payloads import dedup_key
from .words import UNAVAILABLE

# VK holds the question this long when there is no news; its own limit is 90.
WAIT_SECONDS: Final = 25
_SLACK_SECONDS: Final = 10
# The cursor's column; a longer one keeps its first part and asks for the rest again.
_LONGEST_CURSOR: Final = 200
# How far back we look for what was lost, and in how many conversations.
LOST_SECONDS: Final = 24 * 3600
LOST_CHATS: Final = 100
LOST_MESSAGES: Final = 50


class _Place(NamedTuple):
    """Where to ask, and from which event on."""

    ts: str
    key: str
    server: str

    def written(self) -> str:
        """As a cursor."""
        whole = " ".join(self)
        return whole if len(whole) <= _LONGEST_CURSOR else self.ts


async def poll(config: ChannelConfig, cursor: str) -> PollResult:
    """Events after the cursor, each as its own JSON with all that VK sent."""
    wait = int(config.settings.get("poll_seconds", WAIT_SECONDS))
    async with Api(config) as api:
        place = _read(cursor)
        if place is None or not place.server:
            place = await _fresh(api, config, place)
        told = await _ask(api, place, wait)
        failed = told.get("failed")
        if failed is None:
            updates = list(told["updates"])
            place = place._replace(ts=_ts(told["ts"]))
        else:
            place, updates = await _recover(api, config, place, failed, told)
    return PollResult(
        envelopes=[(dedup_key(update), orjson.dumps(update)) for update in updates],
        cursor=place.written(),
    )


def _read(cursor: str) -> _Place | None:
    parts = cursor.split(" ")
    if not parts[0]:
        return None
    return _Place(*parts) if len(parts) == 3 else _Place(parts[0], "", "")


async def _fresh(api: Api, config: ChannelConfig, before: _Place | None) -> _Place:
    """A new key, going on from where we were. Somebody may have switched long poll off."""
    group = {"group_id": group_id(config)}
    try:
        told = await api.call("groups.getLongPollServer", group)
    except Refusal as error:
        if error.code != WRONG_PARAMETER:
            raise
        await set_up_polling(api, group["group_id"])
        told = await api.call("groups.getLongPollServer", group)
    ts = before.ts if before else _ts(told["ts"])
    return _Place(ts, str(told["key"]), str(told["server"]))


async def _ask(api: Api, place: _Place, wait: int) -> dict[str, Any]:
    parameters = {"act": "a_check", "key": place.key, "ts": place.ts, "wait": str(wait)}
    told: dict[str, Any] = await api.outside(
        "GET", place.server, _answer, wait + _SLACK_SECONDS, params=parameters
    )
    return told


async def _answer(response: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        told = documents.load(await response.read())
    except ValueError:
        told = None
    if not isinstance(told, dict) or not ("failed" in told or {"ts", "updates"} <= told.keys()):
        raise ConnectorError("transient", UNAVAILABLE, detail=f"HTTP {response.status}")
    return told


async def _recover(
    api: Api, config: ChannelConfig, place: _Place, failed: Any, told: dict[str, Any]
) -> tuple[_Place, list[dict[str, Any]]]:
    if failed == 1 and "ts" in told:
        return place._replace(ts=_ts(told["ts"])), await _lost(api, config)
    if failed == 2:
        return await _fresh(api, config, place), []
    return await _fresh(api, config, None), await _lost(api, config)


async def _lost(api: Api, config: ChannelConfig) -> list[dict[str, Any]]:
    """Recent messages as events; those that are known already die as duplicates."""
    since = time.time() - LOST_SECONDS
    group = int(group_id(config))
    chats = await api.call("messages.getConversations", {"count": LOST_CHATS, "group_id": group})
    peers = [
        item["conversation"]["peer"]["id"]
        for item in chats["items"]
        if item["last_message"]["date"] >= since
    ]
    updates = []
    # Read together: a hundred chats cost four calls of the twenty that a second has.
    for start in range(0, len(peers), MOST_AT_ONCE):
        facts = {"count": LOST_MESSAGES, "group_id": group}
        some = peers[start : start + MOST_AT_ONCE]
        calls = [("messages.getHistory", {"peer_id": peer, **facts}) for peer in some]
        # A chat that we may not enter any more keeps nothing from the others.
        for history in await api.execute(calls, skip_refused=True):
            items = history["items"] if history else []
            found = [message for message in items if message["date"] >= since]
            updates += [_event(message, group) for message in found]
    return updates


def _event(message: dict[str, Any], group: int) -> dict[str, Any]:
    ours = message["from_id"] == -group
    return {
        "type": "message_reply" if ours else "message_new",
        "object": message if ours else {"message": message, "client_info": {}},
        "group_id": group,
        "v": VERSION,
    }


def _ts(value: Any) -> str:
    ts = str(value)
    if not ts or " " in ts:
        raise ConnectorError("transient", UNAVAILABLE, detail="no ts")
    return ts

"""Who reads a channel: whoever's token stands in its row, until the lease ends.

A poller holds all its channels by one token and renews them together.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from channels_connectors.base import Connector
from channels_connectors.errors import ConnectorError
from channels_connectors.registry import connector_class
from channels_connectors.types import ChannelConfig
from core import crypto
from core.postgresql.connections import SET_WORKSPACE
from inbox.letterbox.database import session
from inbox.letterbox.pokes import Place

LEASE_SECONDS: Final = 20.0
# Renewed often enough to survive two lost tries.
RENEW_SECONDS: Final = 6.0

_HOLD: Final = """
    select workspace_id, channel_id from hold_poll_leases(
        %s, make_interval(secs => %s), make_interval(secs => %s), %s)
"""
_POLLED: Final = "select workspace_id, channel_id from polled_channels()"
_TAKE: Final = """
    update channels_connectors_channel
    set poll_lease_token = %(token)s,
        poll_lease_until = now() + make_interval(secs => %(seconds)s)
    where workspace_id = %(workspace)s and id = %(channel)s and transport = 'polling'
        and status in ('active', 'connecting', 'paused')
        and (poll_lease_until is null or poll_lease_until < now()
            or poll_lease_token = %(token)s)
    returning kind, key, credentials, settings, poll_cursor, status
"""
_SAVE: Final = """
    update channels_connectors_channel set poll_cursor = %(cursor)s
    where workspace_id = %(workspace)s and id = %(channel)s and poll_lease_token = %(token)s
"""
_RELEASE: Final = """
    update channels_connectors_channel set poll_lease_token = null, poll_lease_until = null
    where workspace_id = %(workspace)s and id = %(channel)s and poll_lease_token = %(token)s
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to read a channel for LEASE_SECONDS, and what is needed for it."""

    connector: Connector
    cursor: str
    status: str


async def polled() -> set[Place]:
    """(workspace id, channel id) of all channels that are read by polling."""
    async with session() as connection:
        rows = await (await connection.execute(_POLLED)).fetchall()
    return {(row[0], row[1]) for row in rows}


async def hold(token: UUID, share: int) -> set[Place]:
    """Keep what this poller reads and take what is free, up to `share` channels; returns all that
    are its own now. One statement, however many they are."""
    async with session() as connection:
        rows = await (
            await connection.execute(_HOLD, (token, LEASE_SECONDS, RENEW_SECONDS, share))
        ).fetchall()
    return {(row[0], row[1]) for row in rows}


async def take(place: Place, token: UUID) -> Turn | None:
    """Take the channel or go on with it; None when another poller has it or it is read no more.

    Raises `ConnectorError` when its row cannot be used.
    """
    rows = await _run(place, _TAKE, token=token, seconds=LEASE_SECONDS)
    if not rows:
        return None
    kind, key, credentials, settings, cursor, status = rows[0]
    try:
        values = dict(crypto.decrypt(bytes(credentials)) or {})
        connector = connector_class(kind)(ChannelConfig(kind, key, values, dict(settings)))
    except (KeyError, ValueError) as error:
        raise ConnectorError("transient", str(error)) from error
    return Turn(connector, cursor, status)


async def save_cursor(place: Place, token: UUID, cursor: str) -> bool:
    """Note how far the channel was read; False when it is no longer ours."""
    return bool(await _run(place, _SAVE + " returning id", token=token, cursor=cursor))


async def release(place: Place, token: UUID) -> None:
    """Let another poller have the channel at once."""
    await _run(place, _RELEASE + " returning id", token=token)


async def _run(place: Place, query: str, **values: Any) -> list[tuple[Any, ...]]:
    workspace_id, channel_id = place
    async with session() as connection, connection.transaction():
        await connection.execute(SET_WORKSPACE, (str(workspace_id),))
        cursor = await connection.execute(
            query, {"workspace": workspace_id, "channel": channel_id, **values}
        )
        return await cursor.fetchall()

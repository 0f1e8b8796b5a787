"""The channels whose envelopes are being read, kept in memory for a moment."""

from dataclasses import dataclass
from time import monotonic
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from channels_connectors.base import Connector
from channels_connectors.registry import connector_class
from channels_connectors.types import ChannelConfig
from core import crypto

LIFETIME: Final = 5.0
MOST: Final = 10_000

_CHANNEL: Final = """
    select kind, key, credentials, settings, team_id from channels_connectors_channel
    where workspace_id = %s and id = %s
"""


class Unreadable(Exception):
    """The channel's row cannot be used now; its envelopes can wait."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownChannel:
    """`connector` None: this installation does not serve the kind."""

    id: UUID
    workspace_id: UUID
    team_id: UUID | None
    kind: str
    connector: Connector | None
    read_at: float

    @property
    def has_profiles(self) -> bool:
        """Whether the platform tells more of a person than their messages do."""
        return (
            self.connector is not None
            and type(self.connector).fetch_profile is not Connector.fetch_profile
        )

    @property
    def envelopes_at_once(self) -> int:
        """How many of its deliveries may be in memory together."""
        return (type(self.connector) if self.connector else Connector).envelopes_at_once


_known: dict[UUID, KnownChannel] = {}


def known(connection: Connection[Any], workspace_id: UUID, channel_id: UUID) -> KnownChannel:
    """The channel, at most LIFETIME seconds old. The workspace is set on the connection.

    Raises `Unreadable` when it is gone or FIELD_KEYS do not open its credentials.
    """
    found = _known.get(channel_id)
    if found is not None and monotonic() - found.read_at < LIFETIME:
        return found
    row = connection.execute(_CHANNEL, (workspace_id, channel_id)).fetchone()
    if row is None:
        raise Unreadable("there is no such channel")
    if len(_known) >= MOST:
        _known.clear()
    kind, key, credentials, settings, team_id = row
    made = KnownChannel(
        id=channel_id,
        workspace_id=workspace_id,
        team_id=team_id,
        kind=kind,
        connector=_connector(kind, key, credentials, settings),
        read_at=monotonic(),
    )
    _known[channel_id] = made
    return made


def _connector(kind: str, key: str, credentials: bytes, settings: Any) -> Connector | None:
    try:
        made = connector_class(kind)
    except KeyError:
        return None
    try:
        values = dict(crypto.decrypt(bytes(credentials)) or {})
    except ValueError as error:
        raise Unreadable(str(error)) from error
    return made(ChannelConfig(kind, key, values, dict(settings)))

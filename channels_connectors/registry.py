"""Which connector serves which kind of channel."""

from __future__ import annotations

from typing import Any, Literal, Protocol, TypeVar

from .base import Connector
from .types import ChannelConfig

_connectors: dict[str, type[Connector]] = {}

ConnectorClass = TypeVar("ConnectorClass", bound=type[Connector])


class ChannelLike(Protocol):
    """What a connector needs of a channel."""

    kind: Any
    key: Any
    credentials: Any
    settings: Any


def register(connector: ConnectorClass) -> ConnectorClass:
    """Class decorator: serve `connector.kind` with this class. One kind has one connector."""
    known = _connectors.setdefault(connector.kind, connector)
    if known is not connector:
        raise ValueError(f"two connectors for {connector.kind!r}")
    return connector


def connector_class(kind: str) -> type[Connector]:
    """The class for a kind. Raises KeyError for a kind that nobody serves."""
    return _connectors[kind]


def connector_for(channel: ChannelLike) -> Connector:
    """A connector for this channel's own credentials and settings."""
    config = ChannelConfig(
        kind=channel.kind,
        key=channel.key,
        credentials=dict(channel.credentials or {}),
        settings=dict(channel.settings or {}),
        health=dict(getattr(channel, "health", None) or {}),
    )
    return _connectors[channel.kind](config)


def kinds() -> list[str]:
    """The kinds that can be connected, in order of registration."""
    return list(_connectors)


def kinds_that_tell(status: Literal["delivered", "read"]) -> list[str]:
    """The kinds that tell when a message of ours has come so far (`Capabilities.tells_*`)."""
    return [kind for kind, found in _connectors.items() if tells(found, status)]


def tells(connector: type[Connector], status: Literal["delivered", "read"]) -> bool:
    """Whether this one's platform tells it."""
    able = connector.capabilities
    return able.tells_delivered if status == "delivered" else able.tells_read


def load_sending() -> None:
    """Import what sending needs, for all kinds. Takes seconds and more than 100 MB."""
    for connector in _connectors.values():
        connector.load_sending()

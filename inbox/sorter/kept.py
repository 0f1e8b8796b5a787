"""News of chats that are not here yet, kept until they are: that one moved, that its customer
agreed to letters. See `references` for news of messages."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from channels_connectors.types import InboundChatMoved, InboundConsent
from core.ids import uuid7
from core.postgresql.arrays import texts, uuids
from inbox.sorter.arrivals import document
from inbox.sorter.channels import KnownChannel

MOVED, CONSENT = "moved", "consent"
KINDS: Final = (MOVED, CONSENT)

_KEEP: Final = """
    insert into inbox_pendingreference
        (id, workspace_id, created_at, channel_id, external_id, kind, item, at)
    select new.id, %s, now(), %s, new.external_id, new.kind, new.item::jsonb, now()
    from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[])
        new (id, external_id, kind, item)
"""
_READ: Final = """
    select id, item from inbox_pendingreference
    where workspace_id = %s and channel_id = %s and kind = %s order by id
"""
_FORGET: Final = "delete from inbox_pendingreference where workspace_id = %s and id = any(%s)"

OfChat = InboundChatMoved | InboundConsent


def keep(connection: Connection[Any], channel: KnownChannel, items: list[OfChat]) -> None:
    """Keep what has no chat yet."""
    if not items:
        return
    connection.execute(
        _KEEP,
        (
            channel.workspace_id,
            channel.id,
            uuids([uuid7() for _ in items]),
            texts([item.chat_id for item in items]),
            texts([MOVED if isinstance(item, InboundChatMoved) else CONSENT for item in items]),
            texts([document(item) for item in items]),
        ),
    )


def moves(connection: Connection[Any], channel: KnownChannel) -> dict[UUID, InboundChatMoved]:
    """All moves that wait for their chat."""
    return {key: InboundChatMoved(**item) for key, item in _read(connection, channel, MOVED)}


def consents(connection: Connection[Any], channel: KnownChannel) -> dict[UUID, InboundConsent]:
    """All consents that wait for their chat."""
    return {key: InboundConsent(**item) for key, item in _read(connection, channel, CONSENT)}


def forget(connection: Connection[Any], channel: KnownChannel, ids: list[UUID]) -> None:
    """They have found their chat."""
    if ids:
        connection.execute(_FORGET, (channel.workspace_id, uuids(ids)))


def _read(
    connection: Connection[Any], channel: KnownChannel, kind: str
) -> list[tuple[UUID, dict[str, Any]]]:
    rows = connection.execute(_READ, (channel.workspace_id, channel.id, kind)).fetchall()
    return [(row[0], {**row[1], "at": datetime.fromisoformat(row[1]["at"])}) for row in rows]

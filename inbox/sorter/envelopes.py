"""Taking a channel's envelopes, reading them, and marking them when they are done."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from channels_connectors.base import Connector
from channels_connectors.errors import ParkedPayload
from channels_connectors.types import InboundEdit, InboundItem, InboundMessage, InboundNotice
from core.postgresql.arrays import texts, uuids
from inbox.sorter.arrivals import Arrival, arrival, change

# `state <> 'done'` repeats the condition of the index.
_CLAIM: Final = """
    select e.id, e.raw, e.received_at, exists (
        select from inbox_pendingreference p
        where p.workspace_id = %(workspace)s and p.channel_id = %(channel)s
    )
    from inbox_inboundenvelope e
    where e.workspace_id = %(workspace)s and e.channel_id = %(channel)s
        and e.state <> 'done' and e.state = 'new'
    order by e.id limit %(limit)s for update skip locked
"""
_CLAIM_THESE: Final = _CLAIM.replace("order by", "and e.id = any(%(ids)s) order by")
_DONE: Final = """
    update inbox_inboundenvelope set state = 'done', error = ''
    where workspace_id = %s and id = any(%s)
"""
_PARKED: Final = """
    update inbox_inboundenvelope e set state = 'parked', error = told.error,
        attempts = e.attempts + 1
    from unnest(%s::uuid[], %s::text[]) told (id, error)
    where e.workspace_id = %s and e.id = told.id
"""


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    id: UUID
    raw: bytes
    received_at: datetime


@dataclass(slots=True)
class Contents:
    """What a batch of envelopes says, each kind in the platform's order."""

    arrivals: list[Arrival] = field(default_factory=list)
    changes: list[tuple[InboundItem, datetime]] = field(default_factory=list)
    notices: list[tuple[UUID, InboundNotice]] = field(default_factory=list)
    done: list[UUID] = field(default_factory=list)
    parked: list[tuple[UUID, str]] = field(default_factory=list)


def claim(
    connection: Connection[Any],
    workspace_id: UUID,
    channel_id: UUID,
    limit: int,
    only: list[UUID] | None = None,
) -> tuple[list[Envelope], bool]:
    """The oldest new envelopes, locked, and whether references wait for their messages."""
    rows = connection.execute(
        _CLAIM if only is None else _CLAIM_THESE,
        {
            "workspace": workspace_id,
            "channel": channel_id,
            "limit": limit,
            "ids": uuids(only or []),
        },
        binary=True,
    ).fetchall()
    return [Envelope(row[0], row[1], row[2]) for row in rows], bool(rows and rows[0][3])


def read(connector: Connector | None, envelopes: list[Envelope]) -> Contents:
    """Parse them. What cannot be read is parked, whole, and keeps nobody."""
    contents = Contents()
    if connector is None:
        contents.parked = [(envelope.id, "no connector for this kind") for envelope in envelopes]
        return contents
    for envelope in envelopes:
        try:
            arrivals, changes, notices = _items(connector, envelope)
        except ParkedPayload as parked:
            contents.parked.append((envelope.id, parked.reason))
        except Exception as error:
            contents.parked.append((envelope.id, f"{type(error).__name__}: {error}"))
        else:
            contents.arrivals += arrivals
            contents.changes += changes
            contents.notices += notices
            contents.done.append(envelope.id)
    contents.arrivals.sort(key=lambda found: (found.sent_at, found.order))
    return contents


def finish(connection: Connection[Any], workspace_id: UUID, contents: Contents) -> None:
    """Mark what was read and what could not be."""
    if contents.done:
        connection.execute(_DONE, (workspace_id, uuids(contents.done)))
    if contents.parked:
        park(connection, workspace_id, contents.parked)


def park(connection: Connection[Any], workspace_id: UUID, parked: list[tuple[UUID, str]]) -> None:
    """Put envelopes aside with the reason; `replay_inbound` takes them up again."""
    ids = [envelope_id for envelope_id, _ in parked]
    errors = [error.replace("\0", "\ufffd")[:2000] for _, error in parked]
    errors = [error.encode("utf-8", "replace").decode() for error in errors]
    connection.execute(_PARKED, (uuids(ids), texts(errors), workspace_id))


def _items(
    connector: Connector, envelope: Envelope
) -> tuple[list[Arrival], list[tuple[InboundItem, datetime]], list[tuple[UUID, InboundNotice]]]:
    arrivals: list[Arrival] = []
    changes: list[tuple[InboundItem, datetime]] = []
    notices: list[tuple[UUID, InboundNotice]] = []
    for place, item in enumerate(connector.parse(envelope.raw)):
        # The same envelope gives the same ids, so that reading it again tells nothing twice.
        notice_id = UUID(int=envelope.id.int ^ (place + 1))
        if unread := _unread(item, envelope.received_at):
            notices.append((notice_id, unread))
        if isinstance(item, InboundMessage):
            arrivals.append(arrival(item, envelope.received_at))
            continue
        said = change(item, envelope.received_at)
        if isinstance(said, InboundNotice):
            notices.append((notice_id, said))
        else:
            changes.append((said, envelope.received_at))
    return arrivals, changes, notices


def _unread(item: InboundItem, received_at: datetime) -> InboundNotice | None:
    """The parts of a message that could not be read, to be counted on the channel's page."""
    if not isinstance(item, InboundMessage | InboundEdit) or not item.payload.get("unread"):
        return None
    data = {"message": item.external_id, "unread": item.payload["unread"]}
    return InboundNotice("unreadable", received_at, data=data)

"""Messages that are spoken of: edited, deleted, reacted to, answered, delivered, read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from core.postgresql.arrays import Array, texts, uuids
from events import bulk
from inbox.sorter.channels import KnownChannel

_FIND: Final = """
    select m.id, m.external_id, m.conversation_id, c.contact_id, c.team_id, c.assignee_id,
        m.direction, m.kind, m.status, m.client_id, m.sent_at, m.edited_at, m.deleted_at
    from inbox_message m
    join inbox_conversation c on c.workspace_id = m.workspace_id and c.id = m.conversation_id
    where m.workspace_id = %s and m.channel_id = %s
"""
_BY_EXTERNAL_ID: Final = _FIND + " and m.external_id = any(%s)"
_BY_PART: Final = (
    _FIND.replace("m.deleted_at\n", "m.deleted_at, m.payload -> 'external_ids'\n")
    + " and m.payload ? 'external_ids' and (m.payload -> 'external_ids') ?| %s"
)
_BY_ID: Final = _FIND + " and m.id = any(%s)"
# What was read when the customer last read needs no second look, clocks permitting.
_EARLIER: Final = f"""
    {_FIND} and m.direction = 'outgoing' and m.external_id is not null
        and m.status = any(%s) and m.conversation_id = %s and (m.sent_at, m.platform_order) <= (
            select sent_at, platform_order from inbox_message where workspace_id = %s and id = %s)
        and m.sent_at > coalesce(c.customer_read_at - interval '1 day', '-infinity')
"""  # noqa: S608  nothing of it comes from outside
_LOCK: Final = """
    select id from inbox_conversation where workspace_id = %s and id = any(%s)
    order by id for no key update
"""


@dataclass(slots=True, eq=False)
class Target:
    """A stored message, as far as news of it needs it."""

    id: UUID
    external_id: str | None
    conversation_id: UUID
    contact_id: UUID
    team_id: UUID | None
    assignee_id: UUID | None
    direction: str
    kind: str
    status: str
    client_id: UUID | None
    sent_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None

    def audience(self, channel_id: UUID) -> Any:
        """Who may hear of it."""
        return bulk.audience(channel_id, {self.team_id}, {self.assignee_id})


def find(
    connection: Connection[Any], channel: KnownChannel, external_ids: Iterable[str]
) -> dict[str, Target]:
    """Messages of the channel by the platform's ids; unlocked.

    A long text or several files of ours may have become several messages there: each of their ids
    leads to the one that we know.
    """
    names = set(external_ids)
    rows = _rows(connection, channel, _BY_EXTERNAL_ID, texts(list(names)))
    found = {str(row[1]): Target(*row) for row in rows}
    if missing := names - set(found):
        for row in _rows(connection, channel, _BY_PART, texts(list(missing))):
            *columns, parts = row
            found |= dict.fromkeys(missing & set(parts), Target(*columns))
    return found


def find_by_id(
    connection: Connection[Any], channel: KnownChannel, ids: Iterable[UUID]
) -> dict[UUID, Target]:
    """Messages of the channel by our own ids; unlocked."""
    return {
        row[0]: Target(*row) for row in _rows(connection, channel, _BY_ID, uuids(list(set(ids))))
    }


def earlier(
    connection: Connection[Any], channel: KnownChannel, target: Target, statuses: list[str]
) -> list[Target]:
    """What we sent into the conversation before `target` or as it, in one of these statuses."""
    values = (texts(statuses), target.conversation_id, channel.workspace_id, target.id)
    rows = connection.execute(_EARLIER, (channel.workspace_id, channel.id, *values), binary=True)
    return [Target(*row) for row in rows.fetchall()]


def lock(connection: Connection[Any], channel: KnownChannel, targets: Iterable[Target]) -> None:
    """Lock the conversations, as everybody does before touching their messages."""
    ids = list({target.conversation_id for target in targets})
    if ids:
        connection.execute(_LOCK, (channel.workspace_id, uuids(ids)))


def _rows(connection: Connection[Any], channel: KnownChannel, query: str, keys: Array) -> Any:
    return connection.execute(
        query, (channel.workspace_id, channel.id, keys), binary=True
    ).fetchall()

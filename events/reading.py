"""Reading the journal by `seq` from an event loop: raw psycopg, each read its own transaction."""

from typing import Any
from uuid import UUID

from core.postgresql.connections import SET_WORKSPACE, async_pool
from events.models import Event

BATCH = 500

_FIELDS = (
    "id",
    "workspace_id",
    "seq",
    "action",
    "actor_type",
    "actor_id",
    "subject_type",
    "subject_id",
    "conversation_id",
    "audience",
    "data",
    "at",
)
_AFTER = (
    f"select {', '.join(_FIELDS)} from events_event"  # noqa: S608  our own column names
    " where workspace_id = %s and seq > %s order by seq limit %s"
)
_COUNTER = "select seq from events_workspacecounter where workspace_id = %s"


async def read_after(workspace_id: UUID, seq: int, limit: int = BATCH) -> list[Event]:
    """Events past `seq`, in order. Raises psycopg's errors when the database is away."""
    rows = await _fetch(workspace_id, _AFTER, (workspace_id, seq, limit))
    return [Event.from_db("default", _FIELDS, row) for row in rows]


async def read_counter(workspace_id: UUID) -> int:
    """The newest `seq`; 0 when nothing has happened."""
    rows = await _fetch(workspace_id, _COUNTER, (workspace_id,))
    return int(rows[0][0]) if rows else 0


async def _fetch(
    workspace_id: UUID, query: str, parameters: tuple[object, ...]
) -> list[tuple[Any, ...]]:
    pool = await async_pool()
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(SET_WORKSPACE, (str(workspace_id),))
        cursor = await connection.execute(query, parameters)
        return await cursor.fetchall()

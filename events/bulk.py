"""Writing many facts at once over raw psycopg: the sorter's way past the ORM.

The same rows as `events.journal` writes, numbered by the same counter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from psycopg import Connection

from core.ids import uuid7
from core.postgresql.arrays import texts, uuids
from events import types

# One statement: the counter's row stays locked for it and the commit, no longer.
WRITE = """
    with counter as (
        insert into events_workspacecounter (id, workspace_id, seq, created_at)
        values (%(counter)s, %(workspace)s, %(count)s, now())
        on conflict (workspace_id) do update set seq = events_workspacecounter.seq + excluded.seq
        returning seq
    ), written as (
        insert into events_event
            (id, workspace_id, created_at, seq, action, actor_type, actor_id, subject_type,
             subject_id, conversation_id, audience, data, at)
        select fact.id, %(workspace)s, now(), counter.seq - %(count)s + fact.place, fact.action,
            fact.actor_type, fact.actor_id, fact.subject_type, fact.subject_id,
            fact.conversation_id, fact.audience::jsonb, fact.data::jsonb, now()
        from counter cross join unnest(
            %(ids)s::uuid[], %(actions)s::text[], %(actor_types)s::text[], %(actor_ids)s::uuid[],
            %(subject_types)s::text[], %(subject_ids)s::uuid[], %(conversation_ids)s::uuid[],
            %(audiences)s::text[], %(data)s::text[]
        ) with ordinality as fact
            (id, action, actor_type, actor_id, subject_type, subject_id, conversation_id,
             audience, data, place)
    )
    select seq from counter
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One row to write. `audience` None means every member; see events.audience for its form."""

    action: str
    subject: tuple[str, UUID]
    data: dict[str, Any] = field(default_factory=dict)
    actor: tuple[str, UUID | None] = ("", None)
    conversation_id: UUID | None = None
    audience: dict[str, Any] | None = None


def audience(channel_id: UUID, teams: set[UUID | None], members: set[UUID | None]) -> Any:
    """The form of `events.audience.Audience.as_json`, from the values themselves."""
    return {
        "channel": str(channel_id),
        "teams": [str(team) if team else None for team in teams],
        "members": [str(member) if member else None for member in members],
    }


def write(connection: Connection[Any], workspace_id: UUID, facts: Sequence[Fact]) -> int:
    """Write facts in their order and return the last `seq`; 0 when there are none.

    The connection is in a transaction with the workspace set. Nothing else may be written after
    it, so that the counter is held for the commit alone. Poke with `events.pokes` afterwards.
    """
    if not facts:
        return 0
    row = connection.execute(WRITE, parameters(workspace_id, facts)).fetchone()
    assert row is not None
    return int(row[0])


def parameters(workspace_id: UUID, facts: Sequence[Fact]) -> dict[str, Any]:
    """What `WRITE` asks for. Raises ValueError for a fact that is not listed."""
    if unlisted := {fact.action for fact in facts} - types.ALL:
        raise ValueError(f"{unlisted} are not listed in events.types.")
    return {
        "counter": uuid7(),
        "workspace": workspace_id,
        "count": len(facts),
        "ids": uuids([uuid7() for _ in facts]),
        "actions": texts([fact.action for fact in facts]),
        "actor_types": texts([fact.actor[0] for fact in facts]),
        "actor_ids": uuids([fact.actor[1] for fact in facts]),
        "subject_types": texts([fact.subject[0] for fact in facts]),
        "subject_ids": uuids([fact.subject[1] for fact in facts]),
        "conversation_ids": uuids([fact.conversation_id for fact in facts]),
        "audiences": texts([_json(fact.audience) for fact in facts]),
        "data": texts([_json(fact.data) for fact in facts]),
    }


def _json(value: dict[str, Any] | None) -> str | None:
    return None if value is None else orjson.dumps(value).decode()

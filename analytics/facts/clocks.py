"""Clocks of conversations out of their table and back, hundreds at a time: a message moves one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson
from django.db import connection

from analytics.models import ConversationClock
from core.ids import uuid7
from workspaces.scope import current_workspace_id

_MOVED: Final = {
    **dict.fromkeys(("contact_id", "channel_id", "team_id", "agent_id"), "uuid"),
    **dict.fromkeys(("asked_at", "opened_at", "turn_at", "rests_since"), "timestamptz"),
    "cycle": "bigint",
    "is_answered": "boolean",
    "rested": "float8",
}
_TYPES: Final = {"id": "uuid", "conversation_id": "uuid", **_MOVED}
# One document is read by the database sooner than thousands of values are written out by us.
_KEEP: Final = f"""
    insert into analytics_conversationclock (workspace_id, created_at, {", ".join(_TYPES)})
    select %s, now(), {", ".join(_TYPES)} from jsonb_to_recordset(%s::jsonb)
        as clock ({", ".join(f"{name} {kind}" for name, kind in _TYPES.items())})
    on conflict (workspace_id, conversation_id) do update
        set {", ".join(f"{name} = excluded.{name}" for name in _MOVED)}
"""  # noqa: S608  names of our own


@dataclass(slots=True)
class Clock:
    """A row of `ConversationClock` while events move it: there is one for nearly every message, and
    a row of the ORM takes several times as long to make."""

    conversation_id: UUID
    contact_id: UUID | None = None
    channel_id: UUID | None = None
    team_id: UUID | None = None
    agent_id: UUID | None = None
    asked_at: datetime | None = None
    opened_at: datetime | None = None
    turn_at: datetime | None = None
    rests_since: datetime | None = None
    cycle: int = 0
    is_answered: bool = False
    rested: float = 0.0
    id: UUID = field(default_factory=uuid7)


_READ: Final = ("conversation_id", *_MOVED, "id")


def clocks_of(conversation_ids: Iterable[UUID]) -> dict[UUID, Clock]:
    """Those that are there, by conversation."""
    found = ConversationClock.objects.filter(conversation_id__in=conversation_ids)
    clocks = (Clock(*row) for row in found.values_list(*_READ))
    return {clock.conversation_id: clock for clock in clocks}


def keep(clocks: Iterable[Clock]) -> None:
    """Write them, new ones and those that are there."""
    document = orjson.dumps([{name: getattr(one, name) for name in _TYPES} for one in clocks])
    if document == b"[]":
        return
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [current_workspace_id(), document.decode()])

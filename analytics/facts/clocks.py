"""Clocks of conversations into their table, hundreds at a time: a message moves one."""

from collections.abc import Iterable
from typing import Final

import orjson
from django.db import connection

from analytics.models import ConversationClock
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


def keep(clocks: Iterable[ConversationClock]) -> None:
    """Write them, new ones and those that are there."""
    document = orjson.dumps([{name: getattr(one, name) for name in _TYPES} for one in clocks])
    if document == b"[]":
        return
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [current_workspace_id(), document.decode()])

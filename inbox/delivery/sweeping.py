"""Finds, across workspaces, the conversations whose next message is due."""

from typing import Final
from uuid import UUID

from django.db import connection

MOST: Final = 500


def due_conversations() -> list[tuple[UUID, UUID]]:
    """(workspace id, conversation id), the longest waiting first."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, conversation_id from due_conversations(%s)", [MOST])
        return [(row[0], row[1]) for row in cursor.fetchall()]

"""Finds, across workspaces, the attachments that are to be fetched now."""

from typing import Final
from uuid import UUID

from django.db import connection

# Pokes of one sweep; the next one goes on.
MOST: Final = 200


def due_attachments() -> list[tuple[UUID, UUID]]:
    """(workspace id, attachment id), the longest waiting first."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, attachment_id from due_attachments(%s)", [MOST])
        return [(row[0], row[1]) for row in cursor.fetchall()]

"""Rows whose time is over."""

from datetime import timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from workspaces.models import IdempotencyKey
from workspaces.scope import workspace_scope

KEYS_ARE_KEPT: Final = timedelta(days=1)


def forget_old_keys() -> int:
    """Delete idempotency keys older than a day, in every workspace; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select workspace_id from workspaces_with_old_keys(make_interval(secs => %s))",
            [KEYS_ARE_KEPT.total_seconds()],
        )
        workspace_ids = [row[0] for row in cursor.fetchall()]
    forgotten = 0
    for workspace_id in workspace_ids:
        with workspace_scope(workspace_id):
            old = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEYS_ARE_KEPT)
            forgotten += old.delete()[0]
    return forgotten

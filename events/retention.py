"""Rows whose time is over."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from events.models import Notification
from events.notifications import KEPT_DAYS
from workspaces.scope import workspace_scope


def forget_notifications() -> int:
    """Delete notifications older than KEPT_DAYS, in every workspace; returns how many."""
    kept = timedelta(days=KEPT_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            "select workspace_id from workspaces_with_old_notifications(make_interval(secs => %s))",
            [kept.total_seconds()],
        )
        workspace_ids = [row[0] for row in cursor.fetchall()]
    forgotten = 0
    for workspace_id in workspace_ids:
        with workspace_scope(workspace_id):
            old = Notification.objects.filter(at__lt=timezone.now() - kept)
            forgotten += old.delete()[0]
    return forgotten

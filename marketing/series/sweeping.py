"""Looks after all running series: a few transactions each, under a time limit."""

import logging
import time
from typing import Final
from uuid import UUID

from django.db import connection

from marketing.models import Series
from marketing.series.entering import look_at_segment
from marketing.series.walking import walk
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)

SECONDS: Final = 20.0


def sweep(*, seconds: float = SECONDS) -> int:
    """Do what is due in all workspaces; returns how many participants were looked at.

    A series that fails is left to the next sweep, so that the others are not held up.
    """
    ends, looked_at = time.monotonic() + seconds, 0
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, series_id from series_at_work()")
        found = cursor.fetchall()
    for workspace_id, series_id in found:
        try:
            looked_at += look_after(workspace_id, series_id, ends=ends)
        except Exception:
            logger.exception("Series %s cannot be looked after.", series_id)
    return looked_at


def look_after(workspace_id: UUID, series_id: UUID, *, ends: float) -> int:
    """One series: whoever comes in, and whoever is due, chunk by chunk."""
    while _enter(workspace_id, series_id) and time.monotonic() < ends:
        continue
    total = 0
    while count := _walk(workspace_id, series_id):
        total += count
        if time.monotonic() > ends:
            break
    return total


def _enter(workspace_id: UUID, series_id: UUID) -> bool:
    """One chunk of newcomers; what another process looks at is left to it."""
    with workspace_scope(workspace_id):
        series = (
            Series.objects.filter(pk=series_id, status=Series.Status.RUNNING)
            .filter(trigger=Series.Trigger.SEGMENT)
            .due_for_a_look()
            .select_for_update(no_key=True, skip_locked=True, of=("self",))
            .first()
        )
        return series is not None and look_at_segment(series)


def _walk(workspace_id: UUID, series_id: UUID) -> int:
    with workspace_scope(workspace_id):
        series = Series.objects.filter(pk=series_id, status=Series.Status.RUNNING).first()
        return walk(series) if series is not None else 0

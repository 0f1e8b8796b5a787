"""What is worked out of the demo's history: facts, sums and the digests of its last weeks.

It takes as long as all the rest of the demo, and nobody needs it to log in.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from analytics.digest.decisions import monday
from analytics.digest.making import put_together
from analytics.facts.subscription import NAME
from analytics.models import WeeklyDigest
from analytics.rollups.rebuilding import rebuild_rollups
from core import stopping
from events.subscriptions import catch_up, subscriptions
from marketing.actions.segments import count_segment
from marketing.models import Segment
from workspaces.scope import workspace_scope
from workspaces.zones import local_day

DIGESTS: Final = 8


def count(workspace_id: UUID) -> None:
    """Read the journal into facts, add them up, and put the weeks together that are missing.

    Raises `Stopped` when the worker is asked to end meanwhile; called again, it goes on from there.
    """
    for subscription in subscriptions():
        if subscription.name == NAME:
            catch_up(workspace_id, subscription, tell=lambda _seq, _end: stopping.check())
    with workspace_scope(workspace_id), stopping.stoppable():
        # Whole kinds at once: day by day it would take minutes.
        rebuild_rollups()
        this_week = monday(local_day(timezone.now()))
        for segment in Segment.objects.filter(count=None):
            count_segment(segment)
    for weeks in range(DIGESTS, 0, -1):
        stopping.check()
        week = this_week - timedelta(weeks=weeks)
        with suppress(IntegrityError), workspace_scope(workspace_id):
            # The clock may have made the last one by now.
            if not WeeklyDigest.objects.filter(week=week).exists():
                put_together(week, tells=False)

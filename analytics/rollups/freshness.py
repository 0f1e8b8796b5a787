"""Numbers that are right now: what the journal has since is counted, what changed is added up.

Beat does this every 15 seconds; whoever reads a report does it for its own days first, so nobody
waits for beat.
"""

import logging
from datetime import date
from typing import Final
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from analytics.facts.subscription import NAME
from analytics.models import DirtyBucket, Fact, Kind, Rollup, RollupState
from analytics.rollups import state
from analytics.rollups.building import bases_of, build_bucket, build_month, dirty, next_month
from analytics.rollups.cubes import LAYOUT, monthly_of
from analytics.rollups.rebuilding import rebuild_rollups
from events.models import SubscriptionCursor, WorkspaceCounter
from events.subscriptions import catch_up, subscriptions
from workspaces.scope import current_workspace_id, workspace_scope
from workspaces.zones import workspace_in_scope

logger = logging.getLogger(__name__)

# So many facts are cut into other days while somebody waits; of more, beat does it.
_QUICK_REBUILD: Final = 50_000
# So many events are read while somebody waits.
_MOST_BEHIND: Final = 20_000
# A reader that meets a longer queue than this leaves it to beat and reads what there is.
_LONGEST_WAIT: Final = "5s"


def refresh(first: date, last: date) -> int:
    """Make the rollups of a span of days right, up to what is committed now; returns how many
    events are not in them yet: 0, unless so many are new that only beat can count them."""
    # First: who has marked something cannot wait for the others to stop marking.
    follow_changes(most=_QUICK_REBUILD)
    behind = count_what_is_new()
    add_up(first, last)
    return behind


def count_what_is_new() -> int:
    """Read the journal to its end, after whoever is at it; returns what is left of it."""
    workspace_id = current_workspace_id()
    end = WorkspaceCounter.objects.values_list("seq", flat=True).first() or 0
    mine = SubscriptionCursor.objects.filter(name=NAME)
    seq = mine.values_list("seq", flat=True).first()
    behind: int = end - (seq or 0)
    if behind <= 0 or behind > _MOST_BEHIND:
        return max(0, behind)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('lock_timeout', %s, true)", [_LONGEST_WAIT])
            list(mine.select_for_update())
            cursor.execute("select set_config('lock_timeout', '0', true)")
    except OperationalError:
        return behind
    for subscription in subscriptions():
        if subscription.name == NAME:
            catch_up(workspace_id, subscription)
    return max(0, end - (mine.values_list("seq", flat=True).first() or 0))


def add_up(first: date | None = None, last: date | None = None) -> int:
    """Compute what is dirty in a span of days, or everywhere; returns the number of buckets."""
    wanted = DirtyBucket.objects.all()
    if first is not None and last is not None:
        wanted = wanted.filter(day__gte=first, day__lte=last)
    if not wanted.exists():
        return 0
    with transaction.atomic():
        state.hold_version()
        buckets = dirty(first, last)
        for bucket in buckets:
            build_bucket(bucket.day, bucket.base, bucket.kind)
        _build_months(buckets)
        # Locked since they were read: nobody has marked them meanwhile.
        DirtyBucket.objects.filter(pk__in=[bucket.pk for bucket in buckets]).delete()
    return len(buckets)


def _build_months(buckets: list[DirtyBucket]) -> None:
    """The whole months of these days, where they are over."""
    until = state.current().months_until
    months = {
        (bucket.day.replace(day=1), bucket.base, bucket.kind)
        for bucket in buckets
        if until is not None and bucket.day < until and monthly_of(bucket.kind)
    }
    for month, base, kind in sorted(months):
        build_month(month, base, kind)


def close_months() -> None:
    """Build the months that have ended. Alone: readers go by `months_until`."""
    today = state.local_day(timezone.now()).replace(day=1)
    if state.current().months_until == today:
        return
    state.change_version()
    month = state.current().months_until or _first_month()
    while month < today:
        for kind in Kind.values:
            for base in bases_of(kind):
                build_month(month, base, kind)
        month = next_month(month)
    RollupState.objects.update(months_until=today)
    state.forget()


def _first_month() -> date:
    first = Rollup.objects.order_by("day").values_list("day", flat=True).first()
    return (first or state.local_day(timezone.now())).replace(day=1)


def follow_changes(*, most: int | None = None) -> None:
    """Cut the days anew where the company has moved to another zone, and build cubes that an older
    Tandem did not have."""
    if _is_current():
        return
    if most is not None and Fact.objects.all()[: most + 1].count() > most:
        return
    state.change_version()
    if not _is_current():
        rebuild_rollups()


def _is_current() -> bool:
    current = state.current()
    return (current.time_zone, current.layout) == (workspace_in_scope().time_zone, LAYOUT)


def refresh_workspace(workspace_id: UUID) -> None:
    """Beat's share: everything that is dirty in one workspace."""
    with workspace_scope(workspace_id):
        follow_changes()
    with workspace_scope(workspace_id):
        close_months()
    with workspace_scope(workspace_id):
        add_up()


def refresh_all() -> None:
    """Beat's share of all workspaces. One that fails does not hold up the others."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id from workspaces_with_dirty_buckets()")
        found = [row[0] for row in cursor.fetchall()]
    for workspace_id in found:
        try:
            refresh_workspace(workspace_id)
        except Exception:
            logger.exception("The rollups of workspace %s were not added up.", workspace_id)

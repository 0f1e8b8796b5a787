"""Numbers that are right now: what the journal has since is counted, what changed is added up.

Beat does this every 10 seconds; whoever reads a report does it for its own days first, so nobody
waits for beat. While so much happens that it would take a while, the reader takes what beat has
left a moment ago: no number is older than 15 seconds.
"""

import logging
import time
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from analytics.facts.subscription import NAME
from analytics.models import DirtyBucket, Fact, Kind, Rollup, RollupState
from analytics.rollups import state
from analytics.rollups.building import build_bucket, build_month, next_month
from analytics.rollups.cubes import LAYOUT
from analytics.rollups.rebuilding import rebuild_rollups
from core import stopping
from core.postgresql.planner import plan_for_counts
from events.models import SubscriptionCursor, WorkspaceCounter
from events.subscriptions import catch_up, subscriptions
from workspaces.scope import current_workspace_id, workspace_scope
from workspaces.zones import workspace_in_scope

logger = logging.getLogger(__name__)

Span = tuple[date, date]

# So many facts are cut into other days while somebody waits; of more, beat does it.
_QUICK_REBUILD: Final = 50_000
# Of so few facts all are added up at once sooner than so many buckets one by one.
_MANY_BUCKETS: Final = 1_000
# So many events are read while somebody waits; and so many when beat has been there lately.
_MOST_BEHIND: Final = 20_000
_FEW_BEHIND: Final = 200
# A company is busy that so many inquiries have reached today.
BUSY: Final = 300
# Beat has been there lately, and so many seconds are spent on what it has not seen yet.
LATELY: Final = timedelta(seconds=12)
_PATIENCE: Final = 0.03
# So many seconds of each of beat's rounds go to months that were over and have changed.
_LONGEST_MONTHS: Final = 2.0
# A reader that meets a longer queue than this leaves it to beat and reads what there is.
_LONGEST_WAIT: Final = "5s"


def refresh(first: date, last: date, *, beside: Span | None = None) -> int:
    """Make the rollups of a span of days, and of one beside it, right, up to what is committed now;
    returns how many events are not in them yet: 0, unless so many are new that only beat can count
    them."""
    # The earlier one first, as everybody has it.
    behind = _refresh(sorted({(first, last), beside or (first, last)}))
    # What is read next goes through many rows: with little memory they are sorted to be added up.
    plan_for_counts()
    return behind


def _refresh(spans: list[Span]) -> int:
    if _is_current() and not _behind() and not any(_dirty(*span).exists() for span in spans):
        return 0
    is_recent = _was_added_up_lately() and _is_busy_day()
    if not state.take_turn(waits=not is_recent):
        return _behind()
    # First: who has marked something cannot wait for the others to stop marking.
    follow_changes(most=_QUICK_REBUILD)
    behind = count_what_is_new(waits=not is_recent)
    for span in spans:
        add_up(*span, seconds=_PATIENCE if is_recent else None)
    return behind


def _was_added_up_lately() -> bool:
    at = state.current().added_up_at
    return at is not None and timezone.now() - at < LATELY


def _is_busy_day() -> bool:
    """Whether today's buckets take longer than somebody should wait for them."""
    start, end = state.bounds(*[state.local_day(timezone.now())] * 2)
    today = Fact.objects.filter(kind=Kind.INQUIRY, voided_at=None, at__gte=start, at__lt=end)
    return bool(today.order_by()[:BUSY].count() == BUSY)


def count_what_is_new(*, waits: bool = True) -> int:
    """Read the journal to its end; returns what is left of it. `waits`: after whoever is at it, and
    even if that is much."""
    end = WorkspaceCounter.objects.values_list("seq", flat=True).first() or 0
    behind = _behind(end)
    if not behind or behind > (_MOST_BEHIND if waits else _FEW_BEHIND):
        return behind
    if waits and not _is_free():
        return behind
    for subscription in subscriptions():
        if subscription.name == NAME:
            catch_up(current_workspace_id(), subscription)
    return _behind(end)


def _behind(end: int | None = None) -> int:
    """How many events up to this one, by default to the journal's end, are not counted yet."""
    if end is None:
        end = WorkspaceCounter.objects.values_list("seq", flat=True).first() or 0
    seq = SubscriptionCursor.objects.filter(name=NAME).values_list("seq", flat=True).first()
    return max(0, end - (seq or 0))


def _is_free() -> bool:
    """Wait until nobody else reads the journal; False when that takes too long."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('lock_timeout', %s, true)", [_LONGEST_WAIT])
            list(SubscriptionCursor.objects.filter(name=NAME).select_for_update())
            cursor.execute("select set_config('lock_timeout', '0', true)")
    except OperationalError:
        return False
    return True


def add_up(
    first: date | None = None, last: date | None = None, *, seconds: float | None = None
) -> int:
    """Compute what is dirty in a span of days, or everywhere, the latest days first, for about so
    many seconds; returns the number of buckets."""
    began = time.monotonic()
    if not _dirty(first, last).exists():
        return 0
    with transaction.atomic():
        state.take_turn()
        state.hold_version()
        buckets = []
        # Locked in everybody's order.
        locked = list(_dirty(first, last).select_for_update().order_by("day", "base", "kind"))
        for bucket in reversed(locked):
            if seconds is not None and time.monotonic() - began > seconds:
                break
            if stopping.is_asked():
                break
            build_bucket(bucket.day, bucket.base, bucket.kind)
            buckets.append(bucket)
        _leave_months(buckets)
        # Locked since they were read: nobody has marked them meanwhile.
        DirtyBucket.objects.filter(pk__in=[bucket.pk for bucket in buckets]).delete()
    return len(buckets)


def _dirty(first: date | None, last: date | None) -> QuerySet[DirtyBucket]:
    found = DirtyBucket.objects.filter(is_month=False)
    if first is not None and last is not None:
        found = found.filter(day__gte=first, day__lte=last)
    return found


def _leave_months(buckets: list[DirtyBucket]) -> None:
    """The months of these days, where they are over, are not as their days are any more."""
    until = state.current().months_until
    months = {
        (bucket.day.replace(day=1), bucket.base, bucket.kind)
        for bucket in buckets
        if until is not None and bucket.day < until
    }
    DirtyBucket.objects.bulk_create(
        [
            DirtyBucket(day=month, base=base, kind=kind, is_month=True)
            for month, base, kind in sorted(months)
        ],
        ignore_conflicts=True,
    )


def add_up_months(seconds: float = _LONGEST_MONTHS) -> int:
    """Compute the months whose days have changed, the latest first, for about so long; returns how
    many. Until then their days are read."""
    began, count = time.monotonic(), 0
    while time.monotonic() - began < seconds and not stopping.is_asked():
        with transaction.atomic():
            state.hold_version()
            stale = DirtyBucket.objects.select_for_update(skip_locked=True).filter(is_month=True)
            one = stale.order_by("-day", "base", "kind").first()
            if one is None:
                break
            build_month(one.day, one.base, one.kind)
            one.delete()
            count += 1
    return count


def close_months() -> None:
    """Build the months that have ended. Alone: readers go by `months_until`."""
    today = state.local_day(timezone.now()).replace(day=1)
    if state.current().months_until == today:
        return
    state.change_version()
    month = state.current().months_until or _first_month()
    while month < today:
        days = Rollup.objects.filter(
            version=state.current().version, cube="total", day__gte=month, day__lt=next_month(month)
        )
        # What has no days yet has no month; days that are added up later tell of themselves.
        for base, kind in days.order_by().values_list("base", "kind").distinct():
            build_month(month, base, kind)
        month = next_month(month)
    RollupState.objects.update(months_until=today)
    state.forget()


def _first_month() -> date:
    first = Rollup.objects.order_by("day").values_list("day", flat=True).first()
    return (first or state.local_day(timezone.now())).replace(day=1)


def follow_changes(*, most: int | None = None) -> None:
    """Cut the days anew where the company has moved to another zone, and build the cubes that an
    older Tandem did not have. A history that has come all at once is added up all at once."""
    if _is_current() and not _is_quicker_anew():
        return
    if most is not None and Fact.objects.all()[: most + 1].count() > most:
        return
    state.change_version()
    if not _is_current() or _is_quicker_anew():
        rebuild_rollups()


def _is_quicker_anew() -> bool:
    dirty = DirtyBucket.objects.filter(is_month=False)[:_MANY_BUCKETS].count()
    if dirty < _MANY_BUCKETS:
        return False
    return bool(Fact.objects.all()[: _QUICK_REBUILD + 1].count() <= _QUICK_REBUILD)


def _is_current() -> bool:
    current = state.current()
    return (current.time_zone, current.layout) == (workspace_in_scope().time_zone, LAYOUT)


def refresh_workspace(workspace_id: UUID) -> None:
    """Beat's share: everything that is dirty in one workspace."""
    with workspace_scope(workspace_id), stopping.stoppable():
        follow_changes()
    with workspace_scope(workspace_id), stopping.stoppable():
        close_months()
    with workspace_scope(workspace_id):
        began = timezone.now()
        add_up()
        if not stopping.is_asked():
            RollupState.objects.update(added_up_at=began)
    with workspace_scope(workspace_id):
        add_up_months()


def refresh_all() -> None:
    """Beat's share of all workspaces. One that fails does not hold up the others."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id from workspaces_with_dirty_buckets()")
        found = [row[0] for row in cursor.fetchall()]
    for workspace_id in found:
        try:
            refresh_workspace(workspace_id)
        except stopping.Stopped:
            return
        except Exception:
            logger.exception("The rollups of workspace %s were not added up.", workspace_id)

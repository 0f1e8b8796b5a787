"""Which version of the rollups is in force, and where its days begin."""

from datetime import date, datetime, time, timedelta
from typing import Final, cast
from zoneinfo import ZoneInfo

from django.db import connection

from analytics.models import RollupState
from analytics.rollups.cubes import LAYOUT
from workspaces.scope import current_scope, current_workspace_id
from workspaces.zones import workspace_in_scope

_KEY: Final = "analytics rollups"
_TURN: Final = "analytics turn"
_SHARED: Final = "select pg_advisory_xact_lock_shared(hashtextextended(%s, 0))"
_ALONE: Final = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
_ALONE_OR_NOT: Final = "select pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


def current() -> RollupState:
    """The state of the workspace in scope, made by its own time zone when it is missing."""
    memory = current_scope().memory
    if _KEY not in memory:
        found = RollupState.objects.first()
        if found is None:
            zone = workspace_in_scope().time_zone
            new = RollupState(time_zone=zone, layout=LAYOUT)
            RollupState.objects.bulk_create([new], ignore_conflicts=True)
            found = RollupState.objects.get()
        memory[_KEY] = found
    return cast(RollupState, memory[_KEY])


def forget() -> None:
    """Read it again at the next question."""
    current_scope().memory.pop(_KEY, None)


def zone() -> ZoneInfo:
    """By which the days of the rollups are cut."""
    return ZoneInfo(current().time_zone)


def local_day(moment: datetime) -> date:
    """The day of the rollups on which a moment falls."""
    return moment.astimezone(zone()).date()


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """The first moment of a day and the first one after another. A day may have 23 or 25 hours."""
    return (
        datetime.combine(first, time(), zone()),
        datetime.combine(last + timedelta(days=1), time(), zone()),
    )


def take_turn(*, waits: bool = True) -> bool:
    """Nobody else adds up in this workspace until this transaction ends; False when somebody does
    and we don't wait. Taken before `hold_version`, and before what is dirty is locked: whoever
    counts and adds up locks buckets twice, and two of these could wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE if waits else _ALONE_OR_NOT, [f"{_TURN} {current_workspace_id()}"])
        return cursor.fetchone()[0] is not False


def hold_version() -> None:
    """The version stays what it is until this transaction ends: it is read again, since it may have
    changed while we waited."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, [f"{_KEY} {current_workspace_id()}"])
    forget()


def change_version() -> None:
    """Nobody else writes rollups of this workspace until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, [f"{_KEY} {current_workspace_id()}"])
    forget()

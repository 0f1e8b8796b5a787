"""When a task is due, and when it is due again, by the clock on the workspace's wall."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from crm.models import Task

Repeat = Task.Repeat
# The last second of a day: what is due on a day has it to its end.
DAYS_END: Final = time(23, 59, 59)
DAY: Final = timedelta(days=1)


def at_days_end(day: date, zone: ZoneInfo) -> datetime:
    """When a task without a time is due."""
    return datetime.combine(day, DAYS_END, zone).astimezone(UTC)


def normal_due(moment: datetime, *, has_time: bool, zone: ZoneInfo) -> datetime:
    """The moment itself or, without a time, the end of its day there."""
    return moment if has_time else at_days_end(moment.astimezone(zone).date(), zone)


def next_due(
    repeat: str, *, start: datetime, due: datetime, now: datetime, zone: ZoneInfo
) -> datetime | None:
    """The series' first moment after both `due` and `now`; None for what does not repeat.

    Each keeps to the hour of `start` on the wall, whatever the clocks do in between, and a month
    that is too short has it on its last day. An hour that the clocks skip comes after the gap.
    """
    if not repeat:
        return None
    beyond = max(due, now)
    wall = start.astimezone(zone)
    # A day before suffices, and spares walking through all that a neglected series has missed.
    first = max(wall.date(), beyond.astimezone(zone).date() - DAY)
    for day in _days(repeat, wall.date(), first):
        moment = datetime.combine(day, wall.time(), zone).astimezone(UTC)
        if moment > beyond:
            return moment
    return None


def shifted(
    moment: datetime | None, *, before: datetime, after: datetime, zone: ZoneInfo
) -> datetime | None:
    """A reminder moved along with its task: as long before it as it was, on the wall."""
    if moment is None:
        return None
    lead = _wall(before, zone) - _wall(moment, zone)
    return (_wall(after, zone) - lead).replace(tzinfo=zone).astimezone(UTC)


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _days(repeat: str, start: date, first: date) -> Iterator[date]:
    """Days of the series from about `first` on, without an end."""
    if repeat == Repeat.MONTHLY:
        yield from _monthly(start, first)
        return
    step = 7 if repeat == Repeat.WEEKLY else 1
    day = first + timedelta(days=-(first - start).days % step)
    while True:
        if repeat != Repeat.WORKDAYS or day.weekday() < 5:
            yield day
        day += timedelta(days=step)


def _monthly(start: date, first: date) -> Iterator[date]:
    year, month = first.year, first.month
    while True:
        yield date(year, month, min(start.day, monthrange(year, month)[1]))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)

"""Working hours as values, and how much of a span of time lies within them. Pure.

A day's hours are wall-clock times of the calendar's zone: nine o'clock stays nine o'clock on both
sides of a change of the clocks, the day in between is an hour shorter or longer. An interval ends
before its end: at 18:00 nobody is there any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

Interval = tuple[str, str]
Span = tuple[datetime, datetime]

END_OF_DAY: Final = "24:00"
_DAY: Final = timedelta(days=1)
_TICK: Final = timedelta(microseconds=1)
# An opening farther away is none that a customer could wait for.
LOOK_AHEAD: Final = timedelta(days=370)


@dataclass(frozen=True)
class Holiday:
    """Days from `first` to `last` with hours of their own, none = closed.

    "2026-12-31" is that day, "12-31" that day of each year.
    """

    first: str
    last: str
    hours: tuple[Interval, ...] = ()

    def covers(self, day: date) -> bool:
        """Whether the day is one of them; a span may go over New Year."""
        if len(self.first) > 5:
            return self.first <= day.isoformat() <= self.last
        place = day.isoformat()[5:]
        if self.first <= self.last:
            return self.first <= place <= self.last
        return place >= self.first or place <= self.last


@dataclass(frozen=True)
class Hours:
    """The hours of a week in a time zone, with holidays; the first that covers a day decides."""

    zone: str
    weekly: tuple[tuple[Interval, ...], ...]
    holidays: tuple[Holiday, ...] = ()
    always: bool = False

    @classmethod
    def around_the_clock(cls) -> Hours:
        """Open for ever."""
        return cls("UTC", ((("00:00", END_OF_DAY),),) * 7, always=True)

    @classmethod
    def of(cls, calendar: Any) -> Hours:
        """The hours of a `Calendar` row that has some."""
        if calendar.mode == "always":
            return cls.around_the_clock()
        return cls(
            zone=calendar.time_zone,
            weekly=tuple(_intervals(day) for day in calendar.weekly),
            holidays=tuple(
                Holiday(entry["from"], entry["to"], _intervals(entry["hours"]))
                for entry in calendar.holidays
            ),
        )

    def of_day(self, day: date) -> tuple[Interval, ...]:
        """The wall-clock intervals of a day."""
        for holiday in self.holidays:
            if holiday.covers(day):
                return holiday.hours
        return self.weekly[day.weekday()]

    def spans(self, day: date) -> list[Span]:
        """The day's intervals as moments in UTC, in order, without overlaps."""
        found: list[Span] = []
        moments = sorted(
            (_beginning(day, begin, self._zone), _ending(day, end, self._zone))
            for begin, end in self.of_day(day)
        )
        for begin, end in moments:
            if found and begin <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], end))
            elif begin < end:
                found.append((begin, end))
        return found

    def local_day(self, moment: datetime) -> date:
        """The day that the wall clock shows."""
        return moment.astimezone(self._zone).date()

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


@dataclass(frozen=True)
class Versions:
    """Hours that changed: `(valid from, hours)` in order. Before the first one its hours held."""

    parts: tuple[tuple[datetime, Hours], ...]

    def at(self, moment: datetime) -> Hours:
        """The hours that were in force at a moment."""
        current = self.parts[0][1]
        for valid_from, hours in self.parts[1:]:
            if valid_from > moment:
                break
            current = hours
        return current

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[Hours, datetime, datetime]]:
        """The hours with the part of the span that each was in force for."""
        starts = [start, *(at for at, _ in self.parts[1:] if start < at < end), end]
        for begin, finish in pairwise(starts):
            yield self.at(begin), begin, finish


def business_seconds(calendar: Hours | Versions, start: datetime, end: datetime) -> float:
    """Seconds of working time between two aware moments; 0 when `end` is not after `start`."""
    if end <= start:
        return 0.0
    if isinstance(calendar, Versions):
        return sum(business_seconds(*part) for part in calendar.between(start, end))
    if calendar.always:
        return (end - start).total_seconds()
    total = timedelta()
    for begin, finish in _spans_between(calendar, start, end):
        total += max(timedelta(), min(finish, end) - max(begin, start))
    return total.total_seconds()


def is_open(calendar: Hours | Versions, moment: datetime) -> bool:
    """Whether somebody is at work at an aware moment."""
    hours = calendar.at(moment) if isinstance(calendar, Versions) else calendar
    if hours.always:
        return True
    return any(begin <= moment < end for begin, end in hours.spans(hours.local_day(moment)))


def next_opening(calendar: Hours | Versions, moment: datetime) -> datetime | None:
    """When work begins again, in UTC; the moment itself while it is on, None when not for a year.

    Goes by the hours in force at the moment.
    """
    hours = calendar.at(moment) if isinstance(calendar, Versions) else calendar
    if is_open(hours, moment):
        return moment
    for begin, _ in _spans_between(hours, moment, moment + LOOK_AHEAD):
        if begin >= moment:
            return begin
    return None


def _spans_between(hours: Hours, start: datetime, end: datetime) -> Iterator[Span]:
    day, last = hours.local_day(start), hours.local_day(end)
    while day <= last:
        yield from hours.spans(day)
        day += _DAY


def _intervals(pairs: Sequence[Sequence[str]]) -> tuple[Interval, ...]:
    return tuple((str(begin), str(end)) for begin, end in pairs)


def _beginning(day: date, clock: str, zone: ZoneInfo) -> datetime:
    return _moment(_wall(day, clock), zone, fold=0)


def _ending(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """After the last moment at which the clock shows less: the second time round, where the hour
    comes twice."""
    return _moment(_wall(day, clock) - _TICK, zone, fold=1, after=_TICK)


def _wall(day: date, clock: str) -> datetime:
    if clock == END_OF_DAY:
        return datetime.combine(day + _DAY, time())
    return datetime.combine(day, time.fromisoformat(clock))


def _moment(
    wall: datetime, zone: ZoneInfo, *, fold: int, after: timedelta = timedelta()
) -> datetime:
    """The moment in UTC at which the clock shows this; where it never does, of its jump."""
    moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment + after
    # In the gap: the two readings lie on either side of the jump.
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = early.astimezone(zone).utcoffset()
    while late - early > _TICK:
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late

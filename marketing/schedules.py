"""When a broadcast may write to somebody: from when on, and at which hours of which days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone as phone_zones

EVERY_DAY = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class Window:
    """From one time of the day until another, on some days (1 is Monday). An end before the start
    is the next morning's and belongs to the evening's day."""

    start: time
    end: time
    weekdays: frozenset[int] = EVERY_DAY

    @classmethod
    def of(cls, told: Mapping[str, Any] | None) -> Self | None:
        """From its stored form; None for none."""
        if not told:
            return None
        return cls(
            time.fromisoformat(told["from"]),
            time.fromisoformat(told["to"]),
            frozenset(told.get("weekdays") or EVERY_DAY),
        )

    def next_open(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The moment itself when it is inside, else when the window opens next."""
        day = moment.astimezone(zone).date() - timedelta(days=1)
        for number in range(9):
            at = day + timedelta(days=number)
            if at.isoweekday() not in self.weekdays:
                continue
            opens = datetime.combine(at, self.start, zone)
            last = at if self.end > self.start else at + timedelta(days=1)
            closes = datetime.combine(last, self.end, zone)
            if moment < closes:
                return max(moment, opens.astimezone(UTC))
        return moment  # no day is allowed: refused when it is stored

    def closes(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """When it closes next, for a moment inside of it."""
        day = moment.astimezone(zone).date() - timedelta(days=1)
        for number in range(9):
            at = day + timedelta(days=number)
            last = at if self.end > self.start else at + timedelta(days=1)
            closes = datetime.combine(last, self.end, zone)
            opens = datetime.combine(at, self.start, zone)
            if at.isoweekday() in self.weekdays and opens <= moment < closes:
                return closes.astimezone(UTC)
        return moment


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo | None:
    """The zone of a name; None for what is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_of_contact(phone: str, fields: Mapping[str, Any]) -> str:
    """The zone where a contact lives: by an own field `time_zone`, else by a phone number that
    tells it; "" when nothing does."""
    told = fields.get("time_zone")
    if isinstance(told, str) and zone_of(told):
        return told
    return _zone_of_phone(phone) if phone.startswith("+") else ""


@lru_cache(maxsize=100_000)
def _zone_of_phone(phone: str) -> str:
    try:
        found = phone_zones.time_zones_for_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        return ""
    # A mobile number of a large country names all of its zones, which is none.
    names = [name for name in found if zone_of(name)]
    return names[0] if len(names) == 1 else ""


def at_wall_clock(
    moment: datetime, own: ZoneInfo, theirs: ZoneInfo, *, not_before: datetime
) -> datetime:
    """The same time of the day in another zone: of the same date, or of the first one that is not
    over."""
    wall = moment.astimezone(own)
    there = wall.replace(tzinfo=theirs)
    if there < not_before:
        there = datetime.combine(not_before.astimezone(theirs).date(), wall.time(), theirs)
        if there < not_before:
            there = datetime.combine(there.date() + timedelta(days=1), wall.time(), theirs)
    return there.astimezone(UTC)

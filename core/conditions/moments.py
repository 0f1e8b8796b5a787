"""Days as the people of a workspace count them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Moments:
    """The moment to which "in the last days" is relative, and the zone in which days begin."""

    now: datetime
    zone: ZoneInfo

    def begins(self, day: date) -> datetime:
        """The first moment of a day."""
        return datetime.combine(day, time(), self.zone)

    def ends(self, day: date) -> datetime:
        """The first moment after a day."""
        return self.begins(day + timedelta(days=1))

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

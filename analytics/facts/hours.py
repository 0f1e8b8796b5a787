"""Working time between two moments, by the hours of the channel, else the team, else the company,
that were in force then."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from analytics.models import ReportSettings
from workspaces.actions.calendars import versions_of
from workspaces.calendars import Versions, business_seconds
from workspaces.models import Calendar
from workspaces.zones import workspace_in_scope

_SECOND: Final = timedelta(seconds=1)


class WorkingTime:
    """Reads each calendar once."""

    def __init__(self) -> None:
        self._versions: dict[tuple[UUID | None, UUID | None], Versions] = {}

    def between(
        self, channel_id: UUID | None, team_id: UUID | None, start: datetime, end: datetime
    ) -> float:
        """Seconds of working time."""
        key = (channel_id, team_id)
        if key not in self._versions:
            above = []
            if channel_id:
                above.append((Calendar.Owner.CHANNEL, channel_id))
            if team_id:
                above.append((Calendar.Owner.TEAM, team_id))
            self._versions[key] = versions_of(workspace_in_scope(), *above)
        return business_seconds(self._versions[key], start, end)

    def late_until(
        self,
        channel_id: UUID | None,
        team_id: UUID | None,
        first: datetime,
        now: datetime,
        target: float,
    ) -> datetime | None:
        """The last moment, to a second, at which something must have begun to have lasted longer
        than a target by now; None if what began first has not. The earlier it began, the more
        working time has passed."""

        def is_late(moment: datetime) -> bool:
            return self.between(channel_id, team_id, moment, now) > target

        if first > now or not is_late(first):
            return None
        late, in_time = first, now
        while in_time - late > _SECOND:
            middle = late + (in_time - late) / 2
            late, in_time = (middle, in_time) if is_late(middle) else (late, middle)
        return late


class JudgementTerm:
    """Within how much working time sales are to say whether a lead is one, as it is now."""

    def __init__(self) -> None:
        settings = ReportSettings.objects.first() or ReportSettings()
        self.target: int = settings.judgement_target
        self._working = WorkingTime()

    def lasted(
        self, channel_id: UUID | None, team_id: UUID | None, born: datetime, until: datetime
    ) -> float:
        """Seconds of working time from a lead's birth until it was judged, or until now."""
        return self._working.between(channel_id, team_id, born, max(born, until))

    def late_until(
        self, channel_id: UUID | None, team_id: UUID | None, first: datetime, now: datetime
    ) -> datetime | None:
        """The last moment at which a lead must have been born to be late without a word by now;
        None if one that was born first is not."""
        return self._working.late_until(channel_id, team_id, first, now, self.target)

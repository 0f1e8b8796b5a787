"""Working time between two moments, by the hours of the channel, else the team, else the company,
that were in force then."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import Final
from uuid import UUID

from django.db.models import Q

from analytics.models import ReportSettings
from workspaces.actions.calendars import versions_of
from workspaces.calendars import Versions, business_seconds
from workspaces.models import Calendar
from workspaces.zones import workspace_in_scope

_SECOND: Final = timedelta(seconds=1)
# Who has been closed for so long is not counted late.
_LONGEST: Final = timedelta(days=3 * 366)

Owner = tuple[str, UUID]


class WorkingTime:
    """Reads each calendar once."""

    def __init__(self) -> None:
        self._versions: dict[tuple[Owner, ...], Versions] = {}
        self._late: dict[tuple[tuple[Owner, ...], datetime, float], datetime | None] = {}

    def between(
        self, channel_id: UUID | None, team_id: UUID | None, start: datetime, end: datetime
    ) -> float:
        """Seconds of working time."""
        return business_seconds(self._of(self._owners(channel_id, team_id)), start, end)

    def late(
        self,
        places: Iterable[tuple[UUID | None, UUID | None]],
        column: str,
        now: datetime,
        target: float,
    ) -> Q | None:
        """Of rows of these channels and teams, those that have lasted longer than a target by now,
        by the moment in `column` at which they began; None where none can have."""
        whose: dict[datetime, Q] = {}
        places = list(places) if self._having else [(None, None)]
        for channel_id, team_id in places:
            moment = self._latest(self._owners(channel_id, team_id), now, target)
            if moment is not None:
                one = Q(channel_id=channel_id, team_id=team_id)
                whose[moment] = whose[moment] | one if moment in whose else one
        owners = {self._owners(*place) for place in places}
        if len(owners) == 1:
            # All by the same hours: nothing to tell apart.
            whose = dict.fromkeys(whose, Q())
        some = [one & Q(**{f"{column}__lte": moment}) for moment, one in whose.items()]
        return reduce(or_, some) if some else None

    def _latest(self, owners: tuple[Owner, ...], now: datetime, target: float) -> datetime | None:
        """The last moment, to a second, at which something must have begun to have lasted longer
        than a target by now. The earlier it began, the more working time has passed."""
        key = (owners, now, target)
        if key not in self._late:
            self._late[key] = self._search(owners, now, target)
        return self._late[key]

    def _search(self, owners: tuple[Owner, ...], now: datetime, target: float) -> datetime | None:
        versions = self._of(owners)

        def is_late(moment: datetime) -> bool:
            return business_seconds(versions, moment, now) > target

        # Most targets are hours: the year before need not be gone through.
        span = timedelta(seconds=target) + _SECOND
        while not is_late(now - span):
            span *= 2
            if span > _LONGEST:
                return None
        late, in_time = now - span, now
        while in_time - late > _SECOND:
            middle = late + (in_time - late) / 2
            late, in_time = (middle, in_time) if is_late(middle) else (late, middle)
        return late

    def _of(self, owners: tuple[Owner, ...]) -> Versions:
        if owners not in self._versions:
            self._versions[owners] = versions_of(workspace_in_scope(), *owners)
        return self._versions[owners]

    def _owners(self, channel_id: UUID | None, team_id: UUID | None) -> tuple[Owner, ...]:
        """The channel, then the team, as far as they have hours of their own."""
        above: list[Owner] = []
        if channel_id:
            above.append((Calendar.Owner.CHANNEL, channel_id))
        if team_id:
            above.append((Calendar.Owner.TEAM, team_id))
        return tuple(one for one in above if one in self._having)

    @cached_property
    def _having(self) -> frozenset[Owner]:
        rows = Calendar.objects.exclude(owner_type=Calendar.Owner.WORKSPACE)
        return frozenset(rows.values_list("owner_type", "owner_id").distinct().order_by())


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

    def late(
        self, places: Iterable[tuple[UUID | None, UUID | None]], column: str, now: datetime
    ) -> Q | None:
        """Of leads of these channels and teams, those that are late without a word by now, by the
        moment of their birth in `column`; None where none can be."""
        return self._working.late(places, column, now, self.target)

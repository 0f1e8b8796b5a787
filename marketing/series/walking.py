"""From step to step: whose moment has come is judged, written to, and moved on."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models.functions import Now
from django.utils import timezone

from marketing.engine.freezing import add
from marketing.models import (
    UNSETTLED,
    BroadcastRecipient,
    Series,
    SeriesParticipant,
    SeriesStep,
    State,
)
from marketing.series import asking, reasons
from marketing.series.leaving import leave, leave_known
from marketing.series.timing import moment_of
from marketing.series.zones import zones_of

CHUNK: Final = 500
# So long after the last message a goal may still be reached.
FINISHES_AFTER: Final = timedelta(days=3)
# The message before is still under way: its own moment decides when the next one's comes.
LOOKS_AGAIN: Final = timedelta(seconds=60)


def walk(series: Series) -> int:
    """Take the next participants who are due one step further; returns how many there were.

    Runs in the workspace's scope. They are locked, and whom another process has is left to it: what
    is put into audiences and where the participants stand then is committed together.
    """
    due = list(
        SeriesParticipant.objects.filter(
            series=series, state=SeriesParticipant.State.ACTIVE, due_at__lte=Now()
        )
        .order_by("due_at", "id")
        .select_for_update(no_key=True, skip_locked=True)[:CHUNK]
    )
    if due:
        _Walk(series, due).go()
    return len(due)


class _Walk:
    def __init__(self, series: Series, due: Sequence[SeriesParticipant]) -> None:
        self._series = series
        self._known = asking.Known.of(series, due)
        self._steps: list[SeriesStep] = list(
            SeriesStep.objects.filter(series=series).in_order().select_related("broadcast")
        )
        self._zones = zones_of(series, self._known.contacts)
        self._leaving: dict[SeriesParticipant, str] = {}
        self._now = timezone.now()

    def go(self) -> None:
        gone = leave_known(self._known)
        left = [one for one in self._known.participants if one not in gone]
        ready = [one for one in left if self._is_ready(one)]
        by_step: defaultdict[UUID | None, list[SeriesParticipant]] = defaultdict(list)
        for participant in ready:
            by_step[participant.step_id].append(participant)
        for step in self._steps:
            self._take(step, by_step.pop(step.pk, []))
        for participant in (one for rest in by_step.values() for one in rest):
            self._leaving[participant] = reasons.FINISHED
        SeriesParticipant.objects.bulk_update(left, ["step", "due_at"])
        leave(self._series, self._leaving)

    def _is_ready(self, participant: SeriesParticipant) -> bool:
        """Whether the message before has had its time. Else the moment is put off."""
        before = self._known.last(participant)
        if before is None:
            return True
        if before.state in UNSETTLED:
            participant.due_at = self._now + LOOKS_AGAIN
            return False
        if before.sent_at is None:
            return True
        moment = self._moment(self._step(participant.step_id), before.sent_at, participant)
        if moment > self._now:
            participant.due_at = moment
            return False
        return True

    def _take(self, step: SeriesStep, participants: Sequence[SeriesParticipant]) -> None:
        if not participants:
            return
        known = asking.Known(self._series, participants, self._known.messages)
        fit = asking.fitting(known, step)
        if step.otherwise == SeriesStep.Otherwise.LEAVE:
            for one in participants:
                if one.pk not in fit:
                    self._leaving[one] = reasons.CONDITIONS
        else:
            self._skip(step, [one for one in participants if one.pk not in fit])
        for number, people in _by_round(one for one in participants if one.pk in fit):
            add(step.broadcast, people, round=number)
        following = self._after(step)
        for one in participants:
            if one not in self._leaving:
                one.step = following
                # A step that was left out takes no time of its own.
                one.due_at = self._moment(following, self._now, one)

    def _skip(self, step: SeriesStep, participants: Sequence[SeriesParticipant]) -> None:
        BroadcastRecipient.objects.bulk_create(
            [
                BroadcastRecipient(
                    broadcast=step.broadcast,
                    contact_id=one.contact_id,
                    round=one.round,
                    state=State.SKIPPED,
                    reason="step_conditions",
                    next_at=self._now,
                )
                for one in participants
            ],
            ignore_conflicts=True,
        )

    def _moment(
        self, step: SeriesStep | None, after: datetime, participant: SeriesParticipant
    ) -> datetime:
        if step is not None:
            zone: ZoneInfo = self._zones[participant.contact_id]
            return moment_of(step, after, zone)
        return after + FINISHES_AFTER if self._series.goals else after

    def _step(self, step_id: UUID | None) -> SeriesStep | None:
        return next((step for step in self._steps if step.pk == step_id), None)

    def _after(self, step: SeriesStep) -> SeriesStep | None:
        place = self._steps.index(step)
        return self._steps[place + 1] if place + 1 < len(self._steps) else None


def _by_round(participants: Iterable[SeriesParticipant]) -> list[tuple[int, list[UUID]]]:
    found: defaultdict[int, list[UUID]] = defaultdict(list)
    for one in participants:
        found[one.round].append(one.contact_id)
    return sorted((number, sorted(people)) for number, people in found.items())

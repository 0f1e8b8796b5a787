"""How a series fares: people, and each step, always counted from their rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count

from marketing.models import BroadcastRecipient, Series, SeriesParticipant, SeriesStep
from marketing.series import reasons
from marketing.totals import EMPTY, totals_of

_ACTIVE = SeriesParticipant.State.ACTIVE


@dataclass
class Numbers:
    """People of a series: who came in, who is in it, and why the others are not."""

    entered: int = 0
    active: int = 0
    left: dict[str, int] = field(default_factory=dict)

    @property
    def finished(self) -> int:
        return self.left.get(reasons.FINISHED, 0)

    @property
    def goals(self) -> int:
        """How many reached a goal."""
        return sum(self.left.get(kind, 0) for kind in reasons.GOALS)

    @property
    def others(self) -> int:
        """Who left without a goal before the end."""
        return sum(self.left.values()) - self.finished - self.goals


@dataclass
class StepNumbers:
    """One step: who waits for it, what became of its messages, who left before it came."""

    step: SeriesStep
    waiting: int = 0
    totals: dict[str, int | None] = field(default_factory=lambda: dict(EMPTY))
    left: dict[str, int] = field(default_factory=dict)

    @property
    def entered(self) -> int:
        """Whose moment for it came."""
        names = ("queued", "sent", "failed", "unknown", "skipped")
        return sum(self.totals[name] or 0 for name in names)

    @property
    def goals(self) -> int:
        return sum(self.left.get(kind, 0) for kind in reasons.GOALS)

    @property
    def gone(self) -> int:
        """Who left while they waited for it, without a goal."""
        return sum(self.left.values()) - self.goals


def numbers_of(series_ids: Iterable[UUID]) -> dict[UUID, Numbers]:
    """The people of each series. Those who were there before its start never came in."""
    found = {pk: Numbers() for pk in series_ids}
    rows = (
        SeriesParticipant.objects.filter(series__in=list(found))
        .exclude(reason=reasons.PRESENT)
        .order_by()
        .values_list("series", "state", "reason")
        .annotate(Count("id"))
    )
    for pk, state, reason, count in rows:
        found[pk].entered += count
        if state == _ACTIVE:
            found[pk].active += count
        else:
            found[pk].left[reason] = found[pk].left.get(reason, 0) + count
    return found


def recipients_in(series: Series) -> Any:
    """Everybody to whom a step of it was addressed, also one that was taken out since."""
    steps = SeriesStep.objects.filter(series=series)
    return BroadcastRecipient.objects.filter(broadcast__in=steps.values("broadcast"))


def steps_with_numbers(series: Series, steps: Sequence[SeriesStep]) -> list[StepNumbers]:
    """The steps with their numbers, in their order."""
    totals = totals_of([step.broadcast_id for step in steps])
    found = {step.pk: StepNumbers(step, totals=totals[step.broadcast_id]) for step in steps}
    rows: Any = (
        SeriesParticipant.objects.filter(series=series, step__in=list(found))
        .order_by()
        .values_list("step", "state", "reason")
        .annotate(Count("id"))
    )
    for pk, state, reason, count in rows:
        if state == _ACTIVE:
            found[pk].waiting += count
        else:
            found[pk].left[reason] = found[pk].left.get(reason, 0) + count
    return list(found.values())

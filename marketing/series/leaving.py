"""Out of a series, with what is still under way to them."""

from collections.abc import Mapping, Sequence

from django.db.models import Q
from django.utils import timezone

from events import types
from events.journal import SYSTEM
from inbox.models.conversation import By
from marketing.models import BroadcastRecipient, Series, SeriesParticipant, SeriesStep, State
from marketing.series import asking, reasons

MOST: int = 500


def leave(series: Series, found: Mapping[SeriesParticipant, str], *, by: By = SYSTEM) -> int:
    """Let participants, which are locked, go for these reasons; returns how many.

    What waits to be sent to them is left out, what a platform has been given stays.
    """
    if not found:
        return 0
    now = timezone.now()
    for participant, reason in found.items():
        is_end = reason == reasons.FINISHED
        state = SeriesParticipant.State
        participant.state = state.FINISHED if is_end else state.LEFT
        participant.reason, participant.left_at = reason, now
    SeriesParticipant.objects.bulk_update(found, ["state", "reason", "left_at"])
    _hold_back(series, list(found))
    for participant, reason in found.items():
        series.record(types.SERIES_LEFT, by=by, contact=str(participant.contact_id), reason=reason)
    return len(found)


def leave_if_due(
    series: Series, participants: Sequence[SeriesParticipant]
) -> set[SeriesParticipant]:
    """Let those of the locked participants go who want no more or have reached a goal."""
    known = asking.Known.of(series, participants)
    return leave_known(known)


def leave_known(known: asking.Known) -> set[SeriesParticipant]:
    """The same, with what is known of them."""
    unwanted = asking.unwanted(known.contacts)
    goals = asking.reached_goals(known)
    going = {
        one: unwanted.get(one.contact_id) or goals[one.pk]
        for one in known.participants
        if one.contact_id in unwanted or one.pk in goals
    }
    leave(known.series, going)
    return set(going)


def leave_all(series: Series, reason: str, *, by: By) -> None:
    """Everybody, when a series is stopped."""
    while True:
        found = list(
            SeriesParticipant.objects.filter(series=series, state=SeriesParticipant.State.ACTIVE)
            .order_by("id")
            .select_for_update(no_key=True)[:MOST]
        )
        if not leave(series, dict.fromkeys(found, reason), by=by):
            return


def _hold_back(series: Series, gone: Sequence[SeriesParticipant]) -> None:
    theirs = Q(pk__in=[])
    for number in {one.round for one in gone}:
        contacts = [one.contact_id for one in gone if one.round == number]
        theirs |= Q(round=number, contact_id__in=contacts)
    steps = SeriesStep.objects.filter(series=series).values("broadcast")
    BroadcastRecipient.objects.filter(
        theirs, broadcast__in=steps, state__in=[State.QUEUED, State.LEASED]
    ).update(state=State.SKIPPED, reason="left_series", lease_token=None, lease_until=None)

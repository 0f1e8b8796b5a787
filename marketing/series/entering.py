"""Into a series: each contact once at a time, and again only where the series says so."""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from contacts.models import Contact
from events import types
from events.journal import SYSTEM
from inbox.models.conversation import By
from marketing.audience import fulfilling, members_of
from marketing.models import Series, SeriesParticipant, SeriesStep
from marketing.series import asking, reasons
from marketing.series.timing import moment_of
from marketing.series.zones import zones_of

CHUNK: Final = 1_000
# A segment is looked at so often, and seldom enough that looking takes a small part of the time.
LOOK_EVERY: Final = timedelta(seconds=30)
SHARE: Final = 50


def enter(series: Series, contacts: Sequence[UUID], *, by: By = SYSTEM) -> list[UUID]:
    """Let contacts in; returns who came in.

    Left out: who is in it, who was and may not come again, who wants no offers, who is blocked, who
    does not fulfil the series' conditions.
    """
    first = SeriesStep.objects.filter(series=series).in_order().first()
    if first is None or not contacts:
        return []
    wanted = Contact.objects.filter(pk__in=contacts).filter(_may_enter(series))
    if series.conditions:
        wanted = wanted.filter(fulfilling(series.conditions))
    found: list[UUID] = list(wanted.order_by("pk").values_list("pk", flat=True))
    refused = asking.unwanted(found)
    found = [pk for pk in found if pk not in refused]
    return _write(series, first, found, by=by)


def look_at_segment(series: Series) -> bool:
    """Let in whoever has appeared in the series' segment; False when nobody is left to let in.

    The series is locked. Those who were there at the start are noted and not written to where the
    series is for newcomers.
    """
    began = time.monotonic()
    assert series.segment is not None
    found = Contact.objects.filter(members_of(series.segment), blocked_at=None)
    found = found.filter(_may_enter(series))
    is_noting = not series.takes_present and not series.knows_present
    if series.conditions and not is_noting:
        found = found.filter(fulfilling(series.conditions))
    people: list[UUID] = list(found.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if is_noting:
        _note_present(series, people)
        came = people
    else:
        came = enter(series, people)
    is_complete = len(people) < CHUNK or not came
    if is_complete:
        series.knows_present = True
        took = timedelta(seconds=(time.monotonic() - began) * SHARE)
        series.looks_at = timezone.now() + max(LOOK_EVERY, took)
    series.save(update_fields=["knows_present", "looks_at"])
    return not is_complete


def _may_enter(series: Series) -> Q:
    """Not in it now, and never before or long enough ago."""
    here = SeriesParticipant.objects.filter(series=series, contact=OuterRef("pk"))
    if series.reentry_days is None:
        return ~Q(Exists(here))
    lately = timezone.now() - timedelta(days=series.reentry_days)
    bars = Q(state=SeriesParticipant.State.ACTIVE) | Q(left_at__gt=lately)
    return ~Q(Exists(here.filter(bars | Q(reason__in=[reasons.PRESENT, reasons.REMOVED]))))


def _write(series: Series, first: SeriesStep, contacts: Sequence[UUID], *, by: By) -> list[UUID]:
    now, zones = timezone.now(), zones_of(series, contacts)
    rounds = _rounds(series, contacts)
    SeriesParticipant.objects.bulk_create(
        [
            SeriesParticipant(
                series=series,
                contact_id=pk,
                round=rounds.get(pk, 0),
                step=first,
                entered_at=now,
                due_at=moment_of(first, now, zones[pk]),
            )
            for pk in contacts
        ],
        ignore_conflicts=True,
    )
    # Who was let in by somebody else at the same moment is told of by them.
    came = list(
        SeriesParticipant.objects.filter(
            series=series, contact_id__in=contacts, entered_at=now
        ).values_list("contact_id", flat=True)
    )
    for pk in came:
        series.record(types.SERIES_ENTERED, by=by, contact=str(pk))
    return came


def _note_present(series: Series, contacts: Sequence[UUID]) -> None:
    now = timezone.now()
    SeriesParticipant.objects.bulk_create(
        [
            SeriesParticipant(
                series=series,
                contact_id=pk,
                state=SeriesParticipant.State.LEFT,
                reason=reasons.PRESENT,
                entered_at=now,
                left_at=now,
            )
            for pk in contacts
        ],
        ignore_conflicts=True,
    )


def _rounds(series: Series, contacts: Sequence[UUID]) -> dict[UUID, int]:
    """The number of the next round of those who were here before."""
    if series.reentry_days is None:
        return {}
    rows = (
        SeriesParticipant.objects.filter(series=series, contact_id__in=contacts)
        .order_by()
        .values_list("contact_id")
        .annotate(Max("round"))
    )
    return {pk: number + 1 for pk, number in rows}

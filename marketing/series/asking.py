"""What is asked of many participants at once: goals, a step's conditions, whether to write at all.

Each question is one query for all of them, however many.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from contacts.models import Consent, Contact
from crm.models import Deal
from inbox.models import Conversation
from marketing.audience import fulfilling
from marketing.models import BroadcastRecipient, Series, SeriesParticipant, SeriesStep, State
from marketing.series import reasons


@dataclass
class Known:
    """Participants with the messages of the series that they had, the oldest first."""

    series: Series
    participants: Sequence[SeriesParticipant]
    messages: dict[UUID, list[BroadcastRecipient]] = field(default_factory=dict)

    @classmethod
    def of(cls, series: Series, participants: Sequence[SeriesParticipant]) -> "Known":
        """Load what the questions need."""
        by_place = {(one.contact_id, one.round): one.pk for one in participants}
        found: defaultdict[UUID, list[BroadcastRecipient]] = defaultdict(list)
        steps = SeriesStep.objects.filter(series=series)
        rows = BroadcastRecipient.objects.filter(
            broadcast__in=steps.values("broadcast"),
            contact_id__in=[one.contact_id for one in participants],
        )
        for row in rows.order_by("id"):
            if (pk := by_place.get((row.contact_id, row.round))) is not None:
                found[pk].append(row)
        return cls(series, participants, dict(found))

    def last(self, participant: SeriesParticipant) -> BroadcastRecipient | None:
        """The latest message, whatever became of it."""
        return next(reversed(self.messages.get(participant.pk, [])), None)

    def first_sent_at(self, participant: SeriesParticipant) -> datetime | None:
        """Since when they have heard from the series."""
        sent = [row.sent_at for row in self.messages.get(participant.pk, []) if row.sent_at]
        return min(sent, default=None)

    @property
    def contacts(self) -> list[UUID]:
        return [one.contact_id for one in self.participants]


def unwanted(contacts: Sequence[UUID]) -> dict[UUID, str]:
    """Of these contacts who is to be written to no more, and why."""
    rows = Contact.objects.filter(pk__in=contacts)
    refused = Consent.objects.filter(
        contact=OuterRef("pk"), channel=None, purpose=Consent.Purpose.MARKETING, is_granted=False
    )
    found = dict.fromkeys(rows.filter(Exists(refused)).values_list("pk", flat=True))
    words = dict.fromkeys(found, reasons.UNSUBSCRIBED)
    blocked = rows.exclude(blocked_at=None).values_list("pk", flat=True)
    return words | dict.fromkeys(blocked, reasons.BLOCKED)


def reached_goals(known: Known) -> dict[UUID, str]:
    """Participant's id -> the kind of the first goal that they have reached."""
    found: dict[UUID, str] = {}
    for goal in known.series.goals:
        kind = str(goal.get("kind"))
        for participant in _GOALS[kind](known, goal):
            found.setdefault(participant.pk, kind)
    return found


def fitting(known: Known, step: SeriesStep) -> set[UUID]:
    """The ids of the participants for whom a step's conditions hold now."""
    fit = list(known.participants)
    for word in step.requires:
        is_negated = word.startswith(("not_", "no_"))
        plain = word.removeprefix("not_").removeprefix("no_")
        holds = {one.pk for one in _ASKED[plain.removeprefix("has_")](known, {})}
        fit = [one for one in fit if (one.pk in holds) != is_negated]
    if step.conditions:
        asked = Contact.objects.filter(fulfilling(step.conditions), pk__in=known.contacts)
        theirs = set(asked.values_list("pk", flat=True))
        fit = [one for one in fit if one.contact_id in theirs]
    return {one.pk for one in fit}


def _answered(known: Known, _: Mapping[str, Any]) -> list[SeriesParticipant]:
    """Who has written since their first message, on whatever channel.

    Platforms tell moments in whole seconds: who answered within one is known by the message.
    """
    last: dict[UUID, datetime] = {}
    rows = Conversation.objects.filter(contact_id__in=known.contacts).exclude(last_incoming_at=None)
    for contact_id, at in rows.values_list("contact_id", "last_incoming_at"):
        last[contact_id] = max(at, last.get(contact_id, at))
    return [
        one
        for one in known.participants
        if any(row.answered_at for row in known.messages.get(one.pk, []))
        or (
            (since := known.first_sent_at(one)) is not None
            and (at := last.get(one.contact_id)) is not None
            and at > since
        )
    ]


def _clicked(known: Known, _: Mapping[str, Any]) -> list[SeriesParticipant]:
    return [
        one
        for one in known.participants
        if any(row.clicked_at for row in known.messages.get(one.pk, []))
    ]


def _read(known: Known, _: Mapping[str, Any]) -> list[SeriesParticipant]:
    found = []
    for one in known.participants:
        last = known.last(one)
        if last is not None and (last.state == State.READ or last.answered_at or last.clicked_at):
            found.append(one)
    return found


def _fulfilling(known: Known, goal: Mapping[str, Any]) -> list[SeriesParticipant]:
    asked = Contact.objects.filter(fulfilling(goal.get("conditions") or {}), pk__in=known.contacts)
    theirs = set(asked.values_list("pk", flat=True))
    return [one for one in known.participants if one.contact_id in theirs]


def _with_deals(condition: Q, moment: str) -> Callable[..., list[SeriesParticipant]]:
    """Who has a deal for which something holds since they came in."""

    def ask(known: Known, goal: Mapping[str, Any]) -> list[SeriesParticipant]:
        found = Deal.objects.filter(condition, contact_id__in=known.contacts)
        if goal.get("stage"):
            found = found.filter(stage=goal["stage"])
        last: dict[UUID, datetime] = {}
        for contact_id, at in found.values_list("contact_id", moment):
            last[contact_id] = max(at, last.get(contact_id, at))
        return [
            one
            for one in known.participants
            if (at := last.get(one.contact_id)) is not None and at >= one.entered_at
        ]

    return ask


def _open_deal(known: Known, _: Mapping[str, Any]) -> list[SeriesParticipant]:
    found = Deal.objects.filter(contact_id__in=known.contacts).open()
    theirs = set(found.values_list("contact_id", flat=True))
    return [one for one in known.participants if one.contact_id in theirs]


_GOALS: Final[dict[str, Callable[..., list[SeriesParticipant]]]] = {
    "answered": _answered,
    "clicked": _clicked,
    "deal_created": _with_deals(Q(), "created_at"),
    "deal_won": _with_deals(Q(status=Deal.Status.WON, closed_at__isnull=False), "closed_at"),
    "deal_stage": _with_deals(Q(), "stage_since"),
    "conditions": _fulfilling,
}
_ASKED: Final[dict[str, Callable[..., list[SeriesParticipant]]]] = {
    "answered": _answered,
    "clicked": _clicked,
    "read": _read,
    "open_deal": _open_deal,
}

"""The story of one person: visits, messages, stages, tasks, money and notes in one list.

The journal tells what happened; `TimelineEntry` says of whom, so that a page of one person's story
costs the same however long the journal is. Packages register what they know to tell with `tell_of`:
where in whose story a fact stands, and its words.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from contacts.models import Contact, MergeRecord, TimelineEntry
from events.audience import Audience, Listener
from events.models import Event
from events.subscriptions import subscribe
from live.access import listener_of
from workspaces.models import Membership
from workspaces.permissions import Verb, can

PAGE: Final = 30
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
Kind = TimelineEntry.Kind
NEEDS: Final[dict[str, Verb]] = {
    Kind.MESSAGES: Verb.READ_INBOX,
    Kind.CONVERSATION: Verb.READ_INBOX,
    Kind.DEAL: Verb.READ_DEALS,
    Kind.MONEY: Verb.READ_DEALS,
    Kind.TASK: Verb.READ_DEALS,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Whose story a fact belongs to, and when it happened; `turn` is of messages alone:
    `incoming`, `outgoing`, or `over` where a spell of a conversation ends."""

    contact_id: UUID
    at: datetime
    turn: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What is shown of a fact: a sentence, who did it, and the page behind it as
    (address name, its id)."""

    text: str
    who: str = ""
    link: tuple[str, UUID] | None = None
    detail: str = ""


Locate = Callable[[list[Event]], dict[int, Place]]
Tell = Callable[[list[Event]], dict[int, Line]]


@dataclass(frozen=True, slots=True)
class _Source:
    kind: str
    actions: frozenset[str]
    locate: Locate
    tell: Tell


@dataclass
class Item:
    """One line of the story."""

    entry: TimelineEntry
    line: Line


@dataclass
class Page:
    """A stretch of it, the latest first; `older` is the cursor to go on with."""

    items: list[Item] = field(default_factory=list)
    older: str = ""


_sources: list[_Source] = []


def tell_of(kind: str, actions: Iterable[str], *, locate: Locate, tell: Tell) -> None:
    """Have facts stand in people's stories.

    `locate` gets facts of these actions and gives places by `seq`; a fact without one is left out.
    `tell` gives words by `seq`, in the language in force.
    """
    _sources.append(_Source(kind, frozenset(actions), locate, tell))
    listened = {action for source in _sources for action in source.actions}
    subscribe("timeline", follow, actions=listened, at_leisure=True)


def follow(events: list[Event]) -> None:
    """Write down whose stories these facts belong to."""
    entries: list[TimelineEntry] = []
    for source in _sources:
        mine = [event for event in events if event.action in source.actions]
        places = _of_the_living(source.locate(mine)) if mine else {}
        placed = [(event, places[event.seq]) for event in mine if event.seq in places]
        if source.kind == Kind.MESSAGES:
            _count(placed)
            continue
        entries += [
            TimelineEntry(
                contact_id=place.contact_id,
                kind=source.kind,
                at=place.at,
                seq=event.seq,
                conversation_id=event.conversation_id,
                audience=event.audience,
            )
            for event, place in placed
        ]
    TimelineEntry.objects.bulk_create(entries, ignore_conflicts=True)


def page(
    contact: Contact,
    viewer: Any,
    *,
    kinds: Sequence[str] = (),
    before: str = "",
    size: int = PAGE,
) -> Page:
    """The latest of a person's story that the viewer may see, or what came before a cursor."""
    wanted = [kind for kind in kinds or Kind.values if kind in Kind.values and _may(viewer, kind)]
    listener = _listener(viewer)
    found: list[TimelineEntry] = []
    rows = contact.timeline.filter(kind__in=wanted).order_by("-at", "-id")
    place = _parse(before)
    while len(found) <= size:
        part = rows
        if place is not None:
            at, key = place
            part = rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=key))
        batch = list(part[: size * 2])
        found += [row for row in batch if _audible(row, listener)]
        if len(batch) < size * 2:
            break
        place = (batch[-1].at, batch[-1].pk)
    shown = found[:size]
    older = _cursor(shown[-1]) if len(found) > size else ""
    return Page(_told(shown), older)


def _told(entries: list[TimelineEntry]) -> list[Item]:
    events = list(Event.objects.filter(seq__in=[entry.seq for entry in entries]))
    lines: dict[int, Line] = {}
    for source in _sources:
        if mine := [event for event in events if event.action in source.actions]:
            lines |= source.tell(mine)
    return [Item(entry, lines[entry.seq]) for entry in entries if entry.seq in lines]


def _count(placed: list[tuple[Event, Place]]) -> None:
    """Lay messages together: one entry for each spell of a conversation."""
    ids = {event.conversation_id for event, _ in placed}
    rows = TimelineEntry.objects.filter(
        conversation_id__in=ids, kind=Kind.MESSAGES, is_over=False
    ).order_by("seq")
    running = {row.conversation_id: row for row in rows}
    changed: dict[UUID, TimelineEntry] = {}
    new: list[TimelineEntry] = []
    for event, place in placed:
        row = running.get(event.conversation_id)
        if place.turn == "over":
            if row is not None:
                row.is_over = True
                changed[row.pk] = row
                del running[event.conversation_id]
            continue
        if row is None:
            row = TimelineEntry(
                contact_id=place.contact_id,
                kind=Kind.MESSAGES,
                at=place.at,
                seq=event.seq,
                conversation_id=event.conversation_id,
            )
            running[event.conversation_id] = row
            new.append(row)
        row.incoming += place.turn == "incoming"
        row.outgoing += place.turn == "outgoing"
        row.ends_at = max(row.ends_at or place.at, place.at)
        row.audience = event.audience
        changed[row.pk] = row
    TimelineEntry.objects.bulk_create(new, ignore_conflicts=True)
    made = {row.pk for row in new}
    TimelineEntry.objects.bulk_update(
        [row for key, row in changed.items() if key not in made],
        ["incoming", "outgoing", "ends_at", "audience", "is_over"],
        batch_size=500,
    )


def _of_the_living(places: dict[int, Place]) -> dict[int, Place]:
    """A fact of somebody who was merged meanwhile belongs to whom they became."""
    ids = {place.contact_id for place in places.values()}
    there = set(Contact.objects.filter(pk__in=ids).values_list("pk", flat=True))
    became = dict(
        MergeRecord.objects.filter(absorbed_id__in=ids - there, undone_at=None).values_list(
            "absorbed_id", "kept_id"
        )
    )
    owners = {key: key for key in there} | became
    return {
        seq: Place(owners[place.contact_id], place.at, place.turn)
        for seq, place in places.items()
        if place.contact_id in owners
    }


def _may(viewer: Any, kind: str) -> bool:
    return kind not in NEEDS or can(viewer, NEEDS[kind])


def _listener(viewer: Any) -> Listener | None:
    """None hears everything: programs."""
    if not isinstance(viewer, Membership):
        return None
    return listener_of(viewer)


def _audible(row: TimelineEntry, listener: Listener | None) -> bool:
    if listener is None or not row.audience:
        return True
    return Audience.from_json(row.audience).includes(listener)


def _cursor(row: TimelineEntry) -> str:
    return f"{(row.at - _EPOCH) // timedelta(microseconds=1)}.{row.pk.hex}"


def _parse(text: str) -> tuple[datetime, UUID] | None:
    micros, _, key = text.partition(".")
    try:
        return _EPOCH + timedelta(microseconds=int(micros)), UUID(key)
    except (ValueError, OverflowError):
        return None

"""Whom a segment or a broadcast means, as contacts."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from contacts.models import Contact
from contacts.vocabulary import CONTACTS
from core.conditions import InvalidCondition, parse
from core.conditions.exact import count_exactly
from core.postgresql.planner import planned_for_exact_counts
from marketing.models import Broadcast, Segment, SegmentMember
from workspaces.zones import moments

# Segments that are being read now: one that asks for itself would never end.
_open: ContextVar[frozenset[UUID]] = ContextVar("open_segments", default=frozenset())


def fulfilling(document: Any) -> Q:
    """A document of conditions as a filter of contacts. Raises InvalidCondition."""
    return parse(document, CONTACTS).q(moments())


def members_of(segment: Segment) -> Q:
    """Who is in a segment, as a filter of contacts. Raises InvalidCondition for one that asks for
    itself, or for what is there no more."""
    if segment.is_frozen:
        return _listed(segment.pk)
    with _reading(segment.pk):
        return fulfilling(segment.conditions)


def contacts_in(segment: Segment) -> Any:
    """The contacts of a segment, as they are now."""
    return Contact.objects.filter(members_of(segment))


def count_in(segment: Segment) -> int:
    """How many contacts a segment has now. Raises InvalidCondition, as `members_of`."""
    if segment.is_frozen:
        return int(contacts_in(segment).count())
    condition = parse(segment.conditions, CONTACTS)
    with _reading(segment.pk), planned_for_exact_counts():
        return count_exactly(Contact.objects.all(), condition, moments())


def snapshot_of(segment: Segment) -> dict[str, Any]:
    """What a broadcast keeps of its segment: later changes of it change nothing."""
    return {
        "segment": str(segment.pk),
        "name": segment.name,
        "is_frozen": segment.is_frozen,
        "conditions": segment.conditions,
    }


def audience_of(broadcast: Broadcast) -> Any:
    """The contacts to whom a broadcast goes: its segment's without its exclusions."""
    kept = broadcast.snapshot or snapshot_of(broadcast.segment)
    if kept["is_frozen"]:
        found = Contact.objects.filter(_listed(UUID(kept["segment"])))
    else:
        with _reading(UUID(kept["segment"])):
            found = Contact.objects.filter(fulfilling(kept["conditions"]))
    if broadcast.exclusions:
        found = found.filter(~fulfilling(broadcast.exclusions))
    return found


def _listed(segment_id: UUID) -> Q:
    return Q(Exists(SegmentMember.objects.filter(segment=segment_id, contact=OuterRef("pk"))))


@contextmanager
def _reading(segment_id: UUID) -> Iterator[None]:
    if segment_id in _open.get():
        raise InvalidCondition(_("the segment asks for itself"))
    token = _open.set(_open.get() | {segment_id})
    try:
        yield
    finally:
        _open.reset(token)

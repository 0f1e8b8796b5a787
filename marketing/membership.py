"""In which segments a contact is."""

from typing import Final

from django.db.models import BooleanField, Case, Q, Value, When

from contacts.models import Contact
from core.conditions import InvalidCondition
from marketing.audience import members_of
from marketing.models import Segment

# Asked of one contact in one query; more would make the planner think for longer than it takes.
AT_ONCE: Final = 20
MOST: Final = 200


def segments_of(contact: Contact) -> list[Segment]:
    """The segments that a contact is in now, by name."""
    known = list(Segment.objects.listed().order_by("name", "id")[:MOST])
    found: list[Segment] = []
    for start in range(0, len(known), AT_ONCE):
        found += _those_with(contact, known[start : start + AT_ONCE])
    return found


def _those_with(contact: Contact, segments: list[Segment]) -> list[Segment]:
    asked: dict[str, Segment] = {}
    marks = {}
    for number, segment in enumerate(segments):
        try:
            condition = members_of(segment)
        except InvalidCondition:
            continue  # a field or a label that it asks for is gone
        name = f"is_in_{number}"
        asked[name] = segment
        marks[name] = Case(
            # An empty condition is everybody's.
            When(condition or Q(pk=contact.pk), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
    row = Contact.objects.filter(pk=contact.pk).annotate(**marks).values(*marks).first() or {}
    return [segment for name, segment in asked.items() if row.get(name)]

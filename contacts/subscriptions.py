"""What follows from news of people."""

from contacts import duplicates, erasing
from contacts.models import Contact
from events import types
from events.models import Event
from events.subscriptions import subscribe

_TELLING = {"name", "phone", "email", "other_phones", "other_emails"}


def suspect(events: list[Event]) -> None:
    """Look for doubles of whoever is new or is called otherwise now."""
    ids = {
        event.subject_id
        for event in events
        if event.action != types.CONTACT_UPDATED or _TELLING & set(event.data.get("changes", {}))
    }
    there = list(Contact.objects.filter(pk__in=ids).values_list("pk", flat=True))
    if there:
        duplicates.look(there)


subscribe(
    "duplicates",
    suspect,
    actions=[types.CONTACT_CREATED, types.CONTACT_UPDATED, types.CONTACT_MERGED],
    at_leisure=True,
)
subscribe("erasing", erasing.carry_out, actions=[types.CONTACT_ERASURE_ASKED])

"""In whose day the times of a series are meant."""

from collections.abc import Iterable
from uuid import UUID
from zoneinfo import ZoneInfo

from contacts.models import Contact
from marketing.models import Broadcast, Series
from marketing.schedules import zone_of, zone_of_contact
from workspaces.zones import zone


def zones_of(series: Series, contacts: Iterable[UUID]) -> dict[UUID, ZoneInfo]:
    """Contact -> their own zone where the series goes by it and it is known, else ours."""
    own = zone()
    found = dict.fromkeys(contacts, own)
    if series.zone != Broadcast.Zone.CONTACT:
        return found
    rows = Contact.objects.filter(pk__in=list(found)).values_list("pk", "phone", "fields")
    for pk, phone, fields in rows:
        found[pk] = zone_of(zone_of_contact(phone, fields)) or own
    return found

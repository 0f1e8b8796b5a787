"""What numbers keep of a person besides ids: forgotten with them."""

from analytics.models import Conversion
from contacts.erasing import erase_with
from contacts.models import Contact


def forget_person(contact: Contact) -> bool:
    """Clear what could be traced back to them at an advertising system. Nothing
    here needs the contact itself."""
    found = Conversion.objects.filter(contact_id=contact.pk)
    found.filter(state=Conversion.State.WAITING).update(state=Conversion.State.SKIPPED)
    found.update(client_id="", yclid="", chat="")
    return False


erase_with(forget_person)

"""The block list: what a blocked person writes is kept, and nobody is told of it."""

from django.utils import timezone

from contacts.models import Contact
from events import types
from events.journal import Actor, record
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require

By = Membership | ApiToken | Actor | None
LONGEST_REASON = 200


def block_contact(*, contact: Contact, by: By, reason: str = "") -> None:
    """Put a contact on the list. Saying it twice changes nothing. Raises PermissionDenied."""
    _set(contact, by, blocked=True, reason=reason.replace("\0", "").strip()[:LONGEST_REASON])


def unblock_contact(*, contact: Contact, by: By) -> None:
    """Take a contact off the list. Raises PermissionDenied."""
    _set(contact, by, blocked=False, reason="")


def _set(contact: Contact, by: By, *, blocked: bool, reason: str) -> None:
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_CONTACTS)
    locked = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if locked.is_blocked == blocked:
        return
    contact.blocked_at, contact.blocked_reason = timezone.now() if blocked else None, reason
    contact.save(update_fields=["blocked_at", "blocked_reason", "updated_at"])
    action = types.CONTACT_BLOCKED if blocked else types.CONTACT_UNBLOCKED
    record(action, subject=contact, by=by, data={"reason": reason} if blocked else {})

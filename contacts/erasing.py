"""A person wishes to be forgotten (GDPR 17, 152-FZ 21), or to see what is known (GDPR 15).

Erasing is asked for, written into a ledger, and carried out by a subscription in one transaction.
Sales stay countable: a contact with deals remains as a row without a name.
"""

from collections.abc import Callable
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from contacts import custom_fields
from contacts.duplicates import of_contacts
from contacts.merges import hold_contacts
from contacts.models import (
    Consent,
    Contact,
    ContactIdentity,
    ContactLabel,
    ContactPoint,
    Erasure,
    JobItem,
    MergeRecord,
    TimelineEntry,
    Touch,
)
from core.postgresql.roles import system_rights
from events import types
from events.journal import SYSTEM, Actor, record
from events.models import Event
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require
from workspaces.scope import current_workspace_id

By = Membership | ApiToken | Actor | None
# True: something that must stay refers to the contact.
Eraser = Callable[[Contact], bool]

_OWN: Final[tuple[Any, ...]] = (Consent, ContactLabel, ContactPoint, Touch)
# The application may not change the journal; names and numbers must go from it all the same.
_SCRUB: Final = """
    update events_event set data = '{}' where workspace_id = %s and seq = any(%s)
"""
_erasers: list[Eraser] = []


def erase_with(eraser: Eraser) -> None:
    """Have this take away what a package knows of a contact, before the contact itself goes."""
    if eraser not in _erasers:
        _erasers.append(eraser)


def ask_erasure(*, contact: Contact, by: By) -> Erasure:
    """Note the wish; it is carried out within seconds. Raises PermissionDenied."""
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.MANAGE_WORKSPACE)
    wish: Erasure
    wish, is_new = Erasure.objects.get_or_create(
        contact_id=contact.pk, defaults={"asked_by": by if isinstance(by, Membership) else None}
    )
    if is_new:
        record(types.CONTACT_ERASURE_ASKED, subject=contact, by=by)
    return wish


def carry_out(events: list[Event]) -> None:
    """Erase whoever asked for it; done once, it changes nothing more."""
    for event in events:
        wish = Erasure.objects.select_for_update().filter(contact_id=event.subject_id).first()
        if wish is not None and wish.status != Erasure.Status.DONE:
            _erase(wish)


def _erase(wish: Erasure) -> None:
    hold_contacts([wish.contact_id])
    contact = Contact.objects.select_for_update().filter(pk=wish.contact_id).first()
    if contact is not None:
        stays = [erase(contact) for erase in _erasers]
        _scrub_journal(contact)
        for model in _OWN:
            model.objects.filter(contact=contact).delete()
        of_contacts([contact.pk]).delete()
        MergeRecord.objects.filter(kept=contact).delete()
        TimelineEntry.objects.filter(contact=contact).delete()
        JobItem.objects.filter(subject_id=contact.pk).delete()
        ContactIdentity.objects.filter(contact=contact).delete()
        custom_fields.forget([contact.pk])
        if any(stays):
            _empty(contact)
        else:
            contact.delete()
    wish.status, wish.done_at = Erasure.Status.DONE, timezone.now()
    wish.save(update_fields=["status", "done_at"])
    record(types.CONTACT_ERASED, subject=("contact", wish.contact_id), by=SYSTEM)


def _scrub_journal(contact: Contact) -> None:
    seqs = list(
        contact.timeline.filter(kind__in=["contact", "touch", "consent"]).values_list(
            "seq", flat=True
        )
    )
    if not seqs:
        return
    with system_rights(), connection.cursor() as cursor:
        cursor.execute(_SCRUB, [current_workspace_id(), seqs])


def _empty(contact: Contact) -> None:
    for name in ("name", "phone", "email", "language", "note", "avatar", "blocked_reason"):
        setattr(contact, name, "")
    contact.fields, contact.owner, contact.company, contact.blocked_at = {}, None, None, None
    contact.save()

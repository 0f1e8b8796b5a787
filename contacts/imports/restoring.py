"""Contacts as they were before an import, where what it wrote still stands."""

from collections import defaultdict
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import custom_fields
from contacts.imports.merging import consent_state
from contacts.imports.writing import store
from contacts.models import Company, Consent, Contact, ContactLabel, JobItem
from contacts.stories import NAMES
from workspaces.models import Membership

# What refers to rows that may be gone by now.
_REFERRING: Final[dict[str, Any]] = {"owner_id": Membership, "company_id": Company}


@dataclass
class Restored:
    """What became of one contact: what changed for the journal, and in words what stays."""

    contact_id: Any
    name: str
    reason: str = ""
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    consent: dict[str, Any] | None = None


def restore(items: Sequence[JobItem], *, workspace_id: UUID) -> list[Restored]:
    """Put back what these items keep, in their order, and tell of each contact what became of it.

    A value that is not what the import wrote was changed since, and stays.
    """
    ids = [item.subject_id for item in items]
    rows = Contact.objects.filter(pk__in=ids).order_by("pk")
    contacts = {one.pk: one for one in rows.select_for_update(no_key=True, of=("self",))}
    there = _still_there(items)
    outcomes, changed = [], {}
    for item in items:
        contact = contacts.get(item.subject_id)
        if contact is None:
            words = _("This contact was removed or merged with another one since.")
            outcomes.append(Restored(item.subject_id, item.name, words))
            continue
        told = Restored(contact.pk, contact.display_name)
        stays = _put_back(contact, _kept(item)["changes"], there, told)
        if told.changes:
            changed[contact.pk] = contact
        if stays:
            words = _("Changed since and left as it is: %(names)s.")
            told.reason = words % {"names": ", ".join(stays)}
        outcomes.append(told)
    now = timezone.now()
    for contact in changed.values():
        contact.updated_at = now
    store(list(changed.values()), workspace_id)
    custom_fields.store_many("contact", {pk: one.fields for pk, one in changed.items()})
    by_contact = {one.contact_id: one for one in outcomes if one.contact_id in contacts}
    _take_labels_off([item for item in items if item.subject_id in contacts], by_contact)
    _restore_consents([item for item in items if item.subject_id in contacts], by_contact)
    return outcomes


def _put_back(
    contact: Contact, changes: dict[str, Any], there: set[str], told: Restored
) -> list[str]:
    """Change the contact, not yet stored; the names of what stays as it is."""
    stays = []
    for name, (before, after) in changes.items():
        if name == "fields":
            continue
        now = getattr(contact, name)
        is_reference = name in _REFERRING
        is_lost = is_reference and before and before not in there
        if is_lost or (str(now) if is_reference and now else now) != after:
            stays.append(str(NAMES[name]))
        else:
            setattr(contact, name, UUID(before) if is_reference and before else before)
            told.changes[name] = {"before": after, "after": before}
    own = deepcopy(contact.fields)
    for key, (before, after) in changes.get("fields", {}).items():
        if own.get(key) != after:
            known = custom_fields.definition("contact", key)
            stays.append(known.label if known else key)
        elif before is None:
            own.pop(key, None)
        else:
            own[key] = before
    if own != contact.fields:
        told.changes["fields"] = {"before": contact.fields, "after": own}
        contact.fields = own
    return stays


def _still_there(items: Sequence[JobItem]) -> set[str]:
    """Of the owners and companies that were there before, those that are there still."""
    found: set[str] = set()
    for name, model in _REFERRING.items():
        pairs = [_kept(item)["changes"].get(name) for item in items]
        wanted = {pair[0] for pair in pairs if pair and pair[0]}
        if wanted:
            rows = model.objects.filter(pk__in=wanted)
            found |= {str(pk) for pk in rows.values_list("pk", flat=True)}
    return found


def _take_labels_off(items: Sequence[JobItem], told: dict[UUID, Restored]) -> None:
    """Labels that the import has put on."""
    put = {(item.subject_id, UUID(pk)) for item in items for pk in _kept(item)["labels"]}
    if not put:
        return
    links = ContactLabel.objects.filter(contact_id__in={contact_id for contact_id, _label in put})
    names: dict[UUID, dict[str, bool]] = defaultdict(dict)
    gone = []
    for pk, contact_id, label_id, name in links.values_list(
        "pk", "contact_id", "label_id", "label__name"
    ):
        is_gone = (contact_id, label_id) in put
        names[contact_id][name] = is_gone
        if is_gone:
            gone.append(pk)
    ContactLabel.objects.filter(pk__in=gone).delete()
    for contact_id, known in names.items():
        if any(known.values()):
            told[contact_id].changes["labels"] = {
                "before": sorted(known),
                "after": sorted(name for name, is_gone in known.items() if not is_gone),
            }


def _restore_consents(items: Sequence[JobItem], told: dict[UUID, Restored]) -> None:
    """What somebody said of broadcasts, where the import's word is still the last one."""
    kept = {item.subject_id: _kept(item).get("consent") for item in items}
    wanted = {pk: pair for pk, pair in kept.items() if pair is not None}
    known = Consent.objects.filter(
        contact_id__in=list(wanted), channel=None, purpose=Consent.Purpose.MARKETING
    )
    for consent in known.select_for_update(no_key=True):
        before, after = wanted[consent.contact_id]
        if consent_state(consent) != after:
            continue
        if before is None:
            consent.delete()
            told[consent.contact_id].changes["consent"] = {"before": after, "after": None}
            continue
        consent.is_granted, consent.origin = before["is_granted"], before["origin"]
        consent.at, consent.detail = datetime.fromisoformat(before["at"]), before["detail"]
        consent.save()
        told[consent.contact_id].consent = consent.as_fact()


def _kept(item: JobItem) -> dict[str, Any]:
    """What `contacts.imports.keeping` has noted."""
    found: dict[str, Any] = item.before or {}
    return found

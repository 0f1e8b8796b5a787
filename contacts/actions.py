"""Verbs on contacts."""

from datetime import datetime
from typing import Any
from uuid import UUID

import phonenumbers
from django.utils import timezone

from contacts.models import Consent, Contact, ContactLabel, Label, Touch
from events import types
from events.journal import Actor, record
from workspaces.models import ApiToken, Membership

By = Membership | ApiToken | Actor | None
PLAIN_FIELDS = ("name", "phone", "email", "language", "note", "fields", "owner_id")


def normal_phone(text: str, region: str = "RU") -> str:
    """E.164 where the text is a phone number, else the text as it is, cut to what fits."""
    text = text.strip()
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return text[:20]
    if not phonenumbers.is_possible_number(parsed):
        return text[:20]
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def create_contact(*, by: By, labels: list[str] | None = None, **values: Any) -> Contact:
    """Make a contact by hand; customers who write get theirs from the sorter."""
    if "phone" in values:
        values["phone"] = normal_phone(values["phone"])
    contact = Contact.objects.create(**values)
    if labels is not None:
        _set_labels(contact, labels)
    record(types.CONTACT_CREATED, subject=contact, by=by, data={"name": contact.name})
    return contact


def update_contact(
    *, contact: Contact, by: By, labels: list[str] | None = None, **values: Any
) -> Contact:
    """Change what is given. The fact keeps before and after of each changed field."""
    if "phone" in values:
        values["phone"] = normal_phone(values["phone"])
    locked = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    changes: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        if name not in PLAIN_FIELDS:
            raise TypeError(f"A contact has no field {name} to set.")
        before = getattr(locked, name)
        if before != value:
            changes[name] = {"before": before, "after": value}
            setattr(contact, name, value)
    if changes:
        contact.save(update_fields=[*changes, "updated_at"])
    if labels is not None:
        before_labels = sorted(contact.labels.values_list("name", flat=True))
        if before_labels != sorted(set(labels)):
            _set_labels(contact, labels)
            changes["labels"] = {"before": before_labels, "after": sorted(set(labels))}
    if changes:
        record(
            types.CONTACT_UPDATED,
            subject=contact,
            by=by,
            data={"changes": {key: _plain(change) for key, change in changes.items()}},
        )
    return contact


def set_consent(
    *,
    contact: Contact,
    granted: bool,
    origin: str,
    by: By,
    purpose: str = Consent.Purpose.MARKETING,
    channel_id: UUID | None = None,
    detail: str = "",
    at: datetime | None = None,
) -> Consent:
    """Note that a contact agreed to a kind of letters or took that back; without a channel, on all.

    The later word counts: one that is older than what is known changes nothing. The same word again
    is no news, but moves the day.
    """
    at = at or timezone.now()
    Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    known: Consent | None = Consent.objects.filter(
        contact=contact, channel_id=channel_id, purpose=purpose
    ).first()
    if known and known.at > at:
        return known
    is_news = known is None or known.is_granted != granted
    consent = known or Consent(contact=contact, channel_id=channel_id, purpose=purpose)
    consent.is_granted, consent.origin, consent.at = granted, origin, at
    consent.detail = detail[:200]
    consent.save()
    if is_news:
        record(types.CONTACT_CONSENT_CHANGED, subject=contact, by=by, data=consent.as_fact())
    return consent


def record_touch(*, contact: Contact, kind: str, by: By, **values: Any) -> Touch:
    """Note what brought a contact to us; `at` is now unless it is given."""
    values["at"] = values.get("at") or timezone.now()
    touch = Touch.objects.create(contact=contact, kind=kind, **values)
    record(types.TOUCH_RECORDED, subject=touch, by=by, data=touch.as_fact())
    return touch


def _set_labels(contact: Contact, names: list[str]) -> None:
    wanted = {name.strip() for name in names if name.strip()}
    Label.objects.bulk_create([Label(name=name) for name in sorted(wanted)], ignore_conflicts=True)
    labels = list(Label.objects.filter(name__in=wanted))
    ContactLabel.objects.filter(contact=contact).exclude(label__in=labels).delete()
    ContactLabel.objects.bulk_create(
        [ContactLabel(contact=contact, label=label) for label in labels], ignore_conflicts=True
    )


def _plain(change: dict[str, Any]) -> dict[str, Any]:
    return {
        side: value
        if isinstance(value, dict | list | str | int | float | bool) or value is None
        else str(value)
        for side, value in change.items()
    }

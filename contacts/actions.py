"""Verbs on contacts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from contacts import custom_fields
from contacts.models import Consent, Contact, ContactLabel, ContactPoint, Label, Touch
from contacts.phones import normal_phone
from events import types
from events.journal import Actor, record
from workspaces.models import ApiToken, Membership

By = Membership | ApiToken | Actor | None
ENTITY = "contact"
PLAIN_FIELDS = (
    *("name", "phone", "email", "language", "note", "fields", "owner_id", "company_id"),
)


def create_contact(
    *,
    by: By,
    labels: list[str] | None = None,
    phones: list[str] | None = None,
    emails: list[str] | None = None,
    at: datetime | None = None,
    **values: Any,
) -> Contact:
    """Make a contact by hand; customers who write get theirs from the sorter.

    `phones` and `emails` are all of them, the main one first; `at` is when they came, else now.
    Raises ValidationError for own fields that do not fit.
    """
    points = _points_given(values, phones, emails)
    if "phone" in values:
        values["phone"] = normal_phone(values["phone"])
    values["fields"] = custom_fields.clean(ENTITY, values.get("fields") or {})
    at = at or timezone.now()
    contact: Contact = Contact.objects.create(**values, created_at=at)
    custom_fields.store(ENTITY, contact.pk, contact.fields)
    for kind, others in points.items():
        set_points(contact, kind, others)
    if labels is not None:
        _set_labels(contact, labels)
    record(types.CONTACT_CREATED, subject=contact, by=by, data={"name": contact.name}, at=at)
    return contact


def update_contact(
    *,
    contact: Contact,
    by: By,
    labels: list[str] | None = None,
    phones: list[str] | None = None,
    emails: list[str] | None = None,
    field_values: dict[str, Any] | None = None,
    **values: Any,
) -> Contact:
    """Change what is given. The fact keeps before and after of each changed field.

    `fields` are given whole, `field_values` only those of them that change, None for empty.
    `phones` and `emails` are all of them, the main one first. Raises ValidationError for own fields
    that do not fit.
    """
    points = _points_given(values, phones, emails)
    if "phone" in values:
        values["phone"] = normal_phone(values["phone"])
    locked = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if field_values is not None:
        values["fields"] = {**locked.fields, **values.get("fields", {}), **field_values}
    if "fields" in values:
        values["fields"] = custom_fields.clean(ENTITY, values["fields"] or {})
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
    if "fields" in changes:
        custom_fields.store(ENTITY, contact.pk, contact.fields)
    for kind, others in points.items():
        if change := set_points(contact, kind, others):
            changes[f"other_{kind}s"] = change
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


def set_points(contact: Contact, kind: str, values: list[str]) -> dict[str, Any] | None:
    """Make these the further phones or e-mails of a contact; before and after where it changes."""
    main = getattr(contact, kind)
    wanted = list(dict.fromkeys(value for value in values if value and value != main))
    known = {point.value: point for point in contact.points.filter(kind=kind)}
    if set(known) == set(wanted):
        return None
    gone = [point.pk for value, point in known.items() if value not in wanted]
    ContactPoint.objects.filter(pk__in=gone).delete()
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(contact=contact, kind=kind, value=value)
            for value in wanted
            if value not in known
        ],
        ignore_conflicts=True,
    )
    return {"before": sorted(known), "after": sorted(wanted)}


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
    touch: Touch = Touch.objects.create(contact=contact, kind=kind, **values)
    record(types.TOUCH_RECORDED, subject=touch, by=by, data=touch.as_fact())
    return touch


def _points_given(
    values: dict[str, Any], phones: list[str] | None, emails: list[str] | None
) -> dict[str, list[str]]:
    """The further ones by kind; the first of each goes into the contact's own column."""
    points: dict[str, list[str]] = {}
    if phones is not None:
        numbers = [normal_phone(phone) for phone in phones if phone.strip()]
        values["phone"] = numbers[0] if numbers else ""
        points[ContactPoint.Kind.PHONE] = numbers[1:]
    if emails is not None:
        letters = [email.strip() for email in emails if email.strip()]
        values["email"] = letters[0] if letters else ""
        points[ContactPoint.Kind.EMAIL] = letters[1:]
    return points


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

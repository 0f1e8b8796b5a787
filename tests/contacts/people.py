"""A crowd of contacts that differ in all that can be asked, and a naive reading of conditions.

The oracle knows nothing of SQL: it looks at one contact after another, by the words of
`core.conditions.operators`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from contacts.actions import create_contact, set_consent
from contacts.models import Company, Contact, ContactIdentity, Touch
from contacts.phones import normal_phone
from core.conditions import Moments
from events.journal import SYSTEM

TEXTS = {"name", "phone", "email", "note", "fields.city", "fields.site", "fields.mobile"}
NUMBERS = {"fields.floors", "fields.budget"}
MANY = {"labels", "touch.source", "fields.colours", "channel"}
CHOICES = {"language", "owner", "company", "fields.plan", "consent.marketing"}
MOMENTS = {"created_at", "touch.at"}
DAYS = {"fields.birthday"}
BOOLEANS = {"blocked", "fields.vip"}


@dataclass
class Person:
    """One contact as the oracle sees it: the values of each field, several where there are."""

    id: UUID
    values: dict[str, list[Any]] = field(default_factory=dict)


def settle(said: dict[str, Any], *, channel: Any, members: list[Any], now: datetime) -> Person:
    """Make a contact as described, and what the oracle knows of it."""
    company = None
    if said["company"]:
        company, _ = Company.objects.get_or_create(name=said["company"])
    owner = members[said["owner"]] if said["owner"] is not None else None
    contact = create_contact(
        by=SYSTEM,
        name=said["name"],
        phones=said["phones"],
        emails=said["emails"],
        language=said["language"],
        note=said["note"],
        labels=said["labels"],
        owner_id=owner.id if owner else None,
        company_id=company.id if company else None,
        fields=said["fields"],
    )
    created = now - timedelta(hours=said["age"])
    Contact.objects.filter(pk=contact.pk).update(
        created_at=created, blocked_at=now if said["blocked"] else None
    )
    for source, hours in said["touches"]:
        Touch.objects.create(
            contact=contact, kind="visit", source=source, at=now - timedelta(hours=hours)
        )
    if said["consent"] is not None:
        set_consent(contact=contact, granted=said["consent"], origin="agent", by=SYSTEM)
    if said["writes"]:
        ContactIdentity.objects.create(
            channel=channel, contact=contact, external_id=str(contact.pk)
        )
    fields = contact.fields
    return Person(
        contact.pk,
        {
            "name": _some(contact.name),
            "phone": [normal_phone(phone) for phone in said["phones"]],
            "email": said["emails"],
            "note": _some(contact.note),
            "language": _some(contact.language),
            "labels": said["labels"],
            "owner": [owner.id] if owner else [],
            "company": _some(said["company"]),
            "blocked": [said["blocked"]],
            "created_at": [created],
            "touch.at": [now - timedelta(hours=hours) for _, hours in said["touches"]],
            "touch.source": [source for source, _ in said["touches"] if source],
            "channel": [str(channel.id)] if said["writes"] else [],
            "consent.marketing": {None: [], True: ["granted"], False: ["withdrawn"]}[
                said["consent"]
            ],
            "fields.city": _some(fields.get("city")),
            "fields.site": _some(fields.get("site")),
            "fields.mobile": _some(fields.get("mobile")),
            "fields.floors": _some(fields.get("floors")),
            "fields.budget": [float(fields["budget"]["amount"])] if "budget" in fields else [],
            "fields.birthday": [date.fromisoformat(fields["birthday"])]
            if "birthday" in fields
            else [],
            "fields.plan": _some(fields.get("plan")),
            "fields.colours": fields.get("colours", []),
            "fields.vip": [fields.get("vip", False)],
        },
    )


def holds(document: dict[str, Any], person: Person, moments: Moments) -> bool:
    """Whether a document of conditions is true of a person."""
    if "field" in document:
        return _leaf(document, person.values[document["field"]], moments)
    found = all(holds(part, person, moments) for part in document.get("all", []))
    if document.get("any"):
        found &= any(holds(part, person, moments) for part in document["any"])
    if document.get("not") is not None:
        found &= not holds(document["not"], person, moments)
    return found


_NEGATIONS = {
    "ne": "eq", "not_contains": "contains", "not_in": "in", "has_no": "has",
    "not_last_days": "last_days",
}  # fmt: skip


def _leaf(leaf: dict[str, Any], values: list[Any], moments: Moments) -> bool:
    name, operator, value = leaf["field"], leaf["op"], leaf.get("value")
    if operator in _NEGATIONS:
        return not _leaf({**leaf, "op": _NEGATIONS[operator]}, values, moments)
    if operator == "set":
        return bool(values) == value
    if name in BOOLEANS:
        return values[0] == value
    if operator == "has_all":
        return all(_equal(name, one, values) for one in value)
    if operator in {"in", "has_any"}:
        return any(_equal(name, one, values) for one in value)
    if operator in {"eq", "has"}:
        return _equal(name, value, values)
    if name in TEXTS:
        return any(_part(name, operator, value, text) for text in values)
    if name in NUMBERS:
        return any(_compared(operator, value, number) for number in values)
    return any(_timed(operator, value, one, moments) for one in values)


def _equal(name: str, value: Any, values: list[Any]) -> bool:
    if name in NUMBERS:
        return float(value) in values
    if name in {"phone", "fields.mobile"}:
        return normal_phone(value) in values
    return str(value).lower() in [str(one).lower() for one in values]


def _part(name: str, operator: str, value: str, text: str) -> bool:
    if name in {"phone", "fields.mobile"}:
        value = "".join(letter for letter in value if letter.isdigit())
        if operator == "starts_with":
            return text.lstrip("+").startswith("7" + value[1:] if value[:1] == "8" else value)
        is_whole = value[:1] == "8" and len(value) == 11
        return ("7" + value[1:] if is_whole else value) in text
    value, text = value.lower(), text.lower()
    return text.startswith(value) if operator == "starts_with" else value in text


def _compared(operator: str, value: Any, number: float) -> bool:
    if operator == "between":
        return value[0] <= number <= value[1]
    return {
        "gt": number > value, "gte": number >= value, "lt": number < value, "lte": number <= value,
    }[operator]  # fmt: skip


def _timed(operator: str, value: Any, found: datetime | date, moments: Moments) -> bool:
    day = found.astimezone(moments.zone).date() if isinstance(found, datetime) else found
    if operator == "last_days":
        return day >= moments.today - timedelta(days=value)
    if operator == "next_days":
        is_ahead = found >= moments.now if isinstance(found, datetime) else day >= moments.today
        return is_ahead and day <= moments.today + timedelta(days=value)
    if operator == "between":
        return date.fromisoformat(value[0]) <= day <= date.fromisoformat(value[1])
    asked = date.fromisoformat(value)
    return {"on": day == asked, "before": day < asked, "after": day > asked}[operator]


def _some(value: Any) -> list[Any]:
    return [value] if value not in (None, "") else []

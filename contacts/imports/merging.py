"""What a row changes in a contact, and which of two words on a consent counts."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from contacts.imports.rows import Values
from contacts.models import Consent, Contact

SKIP: Final = "skip"
FILL: Final = "fill"
OVERWRITE: Final = "overwrite"
_PLAIN: Final = ("name", "phone", "email", "language", "note", "owner_id", "company_id")


@dataclass
class Draft:
    """A contact that rows are merged into, before anything of it is written."""

    contact: Contact
    is_new: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)
    consent: Consent | None = None
    consent_before: dict[str, Any] | None = None
    consent_is_changed: bool = False

    @classmethod
    def of(cls, contact: Contact, *, is_new: bool = False) -> "Draft":
        """`is_new` contacts have everything to be written."""
        return cls(contact, is_new, {} if is_new else _state(contact))

    @property
    def is_changed(self) -> bool:
        """Whether the contact's own row differs from what is stored."""
        return self.is_new or _state(self.contact) != self.before

    @property
    def changes(self) -> dict[str, Any]:
        """What the contact's own row had and what it has now, for each thing that differs; own
        fields by their keys. Fit for JSON."""
        now = _state(self.contact)
        own = {key: (self.before["fields"].get(key), value) for key, value in now["fields"].items()}
        told: dict[str, Any] = {
            name: [_plain(self.before[name]), _plain(now[name])]
            for name in _PLAIN
            if self.before[name] != now[name]
        }
        if fields := {key: list(pair) for key, pair in own.items() if pair[0] != pair[1]}:
            told["fields"] = fields
        return told

    def take(self, values: Values, company_id: UUID | None, *, overwrite: bool) -> None:
        """Merge a row: only what is empty is filled, or what the file has wins."""
        given: dict[str, Any] = {name: getattr(values, name, None) for name in _PLAIN}
        given["company_id"] = company_id
        for name, value in given.items():
            if value and (overwrite or not getattr(self.contact, name)):
                setattr(self.contact, name, value)
        own = self.contact.fields
        for key, value in values.fields.items():
            if overwrite or own.get(key) in (None, "", []):
                own[key] = value
        self.labels.update(values.labels)

    def hear(self, values: Values, *, now: datetime, detail: str) -> None:
        """Take over what a row says of the consent.

        The later word counts. A word without a day counts from now on, but it never makes up for a
        withdrawal: the file may be older than that.
        """
        if values.consent is None:
            return
        at, known = values.consent_at, self.consent
        if known is not None:
            if at is None and (known.is_granted == values.consent or not known.is_granted):
                return
            if known.at > (at or now) or (known.at, known.is_granted) == (at, values.consent):
                return
        if known is not None and not self.consent_is_changed:
            self.consent_before = consent_state(known)
        consent = known or Consent(contact=self.contact, purpose=Consent.Purpose.MARKETING)
        consent.is_granted, consent.origin = values.consent, Consent.Origin.IMPORT
        consent.at, consent.detail = at or now, (values.consent_detail or detail)[:200]
        self.consent, self.consent_is_changed = consent, True


def consent_state(consent: Consent) -> dict[str, Any]:
    """What is kept of a consent, so that it can be as it was. Fit for JSON."""
    return {
        "is_granted": consent.is_granted,
        "origin": str(consent.origin),
        "at": consent.at.astimezone(UTC).isoformat(),
        "detail": consent.detail,
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _state(contact: Contact) -> dict[str, Any]:
    return {
        **{name: getattr(contact, name) for name in _PLAIN},
        "fields": deepcopy(contact.fields),
    }

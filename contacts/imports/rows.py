"""A row of a file as values of a contact, checked by the rules of the forms."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contacts import custom_fields, languages
from contacts.field_kinds import CLEANERS, Refused, boolean, day, phone
from contacts.imports.targets import FIELD
from contacts.models import CustomField
from workspaces.models import Membership
from workspaces.zones import moments

LONGEST_NAME: Final = 200
LONGEST_NOTE: Final = 10_000
LONGEST_LABEL: Final = 60
LONGEST_DETAIL: Final = 200
MOST_LABELS: Final = 50
# As most files write it: no library needs to be asked.
_USUAL_PHONE: Final = re.compile(r"\+?[78][\s(]*9\d\d[\s)-]*\d{3}[\s-]*\d\d[\s-]*\d\d", re.ASCII)
# Said of bad rows alone: to translate them for each row took a tenth of the time.
_NAME: Final = pgettext_lazy("person", "Name")
_ABOUT: Final = gettext_lazy("About")
_COMPANY: Final = gettext_lazy("Company")
_LABEL: Final = gettext_lazy("Label")
_ANY: Final[Any] = CustomField(kind=CustomField.Kind.TEXT)


@dataclass
class Values:
    """What a row says of a contact; empty where it says nothing."""

    name: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""
    note: str = ""
    company: str = ""
    owner_id: UUID | None = None
    labels: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    consent: bool | None = None
    consent_at: datetime | None = None
    consent_detail: str = ""


class BadRow(ValueError):
    """A row that cannot be taken; the words say why."""


class RowReader:
    """Reads rows of one file by its mapping, which has a target for each column.

    Made once for many rows: it knows the members and the workspace's own fields. `labels` are put
    on all.
    """

    def __init__(self, mapping: Sequence[str], labels: Sequence[str] = ()) -> None:
        self._mapping = [(place, key) for place, key in enumerate(mapping) if key]
        self._labels = list(labels)
        self._moments = moments()
        members = Membership.objects.filter(is_active=True).select_related("user")
        self._members = {member.user.email.casefold(): member.pk for member in members}
        self._own = {
            f"{FIELD}{own.key}": own for own in custom_fields.definitions("contact", archived=True)
        }

    def read(self, cells: Sequence[str]) -> Values:
        """Raises `BadRow`."""
        found = Values(labels=list(self._labels))
        for place, key in self._mapping:
            text = cells[place] if place < len(cells) else ""
            if text:
                self._take(found, key, text)
        if not (found.name or found.phone or found.email):
            raise BadRow(_("Give a name, a phone or an e-mail."))
        if len(found.labels) > MOST_LABELS:
            raise BadRow(_("There are more than %(count)d labels.") % {"count": MOST_LABELS})
        return found

    def _take(self, found: Values, key: str, text: str) -> None:
        if own := self._own.get(key):
            found.fields[own.key] = _cleaned(own, text)
        elif key == "name":
            found.name = _text(f"{found.name} {text}".strip(), LONGEST_NAME, _NAME)
        elif key == "note":
            found.note = _text(f"{found.note}\n{text}".strip(), LONGEST_NOTE, _ABOUT)
        elif key == "phone":
            found.phone = phone_of(text)
        elif key == "email":
            found.email = email_of(text)
        elif key == "language":
            found.language = languages.code_of(text)
        elif key == "company":
            found.company = _text(text, LONGEST_NAME, _COMPANY)
        elif key == "labels":
            names = [_text(each.strip(), LONGEST_LABEL, _LABEL) for each in re.split("[,;]", text)]
            found.labels = list(dict.fromkeys([*found.labels, *filter(None, names)]))
        elif key == "owner":
            found.owner_id = self._member(text)
        elif key == "consent":
            found.consent = _yes_or_no(text)
        elif key == "consent_at":
            found.consent_at = self._moment(text)
        elif key == "consent_detail":
            found.consent_detail = text[:LONGEST_DETAIL]

    def _member(self, text: str) -> UUID:
        known: UUID | None = self._members.get(text.casefold())
        if known is None:
            words = _("Owner: nobody here has the e-mail “%(text)s”.")
            raise BadRow(words % {"text": text[:80]})
        return known

    def _moment(self, text: str) -> datetime:
        exact: datetime | None = None
        if len(text) > 10:
            try:
                exact = parse_datetime(text)
            except ValueError:
                exact = None
        if exact is None:
            try:
                exact = self._moments.begins(date.fromisoformat(day(text, _ANY)))
            except Refused as error:
                label = _("The day of the consent")
                raise BadRow(f"{label}: {error}") from None
        elif exact.tzinfo is None:
            exact = exact.replace(tzinfo=self._moments.zone)
        if exact > self._moments.now:
            raise BadRow(_("The day of the consent has not come yet."))
        return exact


def phone_of(text: str) -> str:
    """E.164. Raises `BadRow` for what is no phone number."""
    if _USUAL_PHONE.fullmatch(text):
        digits = "".join(letter for letter in text if letter.isdigit())
        return f"+7{digits[1:]}"
    try:
        found = phone(text, _ANY)
    except Refused:
        found = ""
    if not found or len(found) > 20:
        raise BadRow(_("“%(text)s” is no phone number.") % {"text": text[:60]})
    return found


def email_of(text: str) -> str:
    """In small letters, so that it is found again. Raises `BadRow` for what is no address."""
    found = text.casefold()
    try:
        validate_email(found)
    except ValidationError:
        found = ""
    if not found or len(found) > 254:
        raise BadRow(_("“%(text)s” is no e-mail address.") % {"text": text[:80]})
    return found


def _yes_or_no(text: str) -> bool:
    try:
        return boolean(text, _ANY)
    except Refused as error:
        label = _("Consent")
        raise BadRow(f"{label}: {error}") from None


def _text(text: str, longest: int, label: Any) -> str:
    if len(text) > longest:
        words = _("%(label)s: longer than %(count)d letters.")
        raise BadRow(words % {"label": label, "count": longest})
    return text


def _cleaned(own: CustomField, text: str) -> Any:
    try:
        return CLEANERS[own.kind](text, own)
    except Refused as error:
        raise BadRow(f"{own.label}: {error}") from None

"""The columns of what this floor knows of a contact."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts import custom_fields, languages
from contacts.models import Company, Contact, ContactIdentity, ContactLabel, CustomField
from contacts.table.columns import Column, Load, itself, register_column, register_columns
from core.conditions.fields import Words
from workspaces.models import Membership


def _attribute(name: str) -> Callable[[Sequence[Contact], Membership], Mapping[UUID, Any]]:
    def load(contacts: Sequence[Contact], viewer: Membership) -> Mapping[UUID, Any]:
        return {contact.pk: getattr(contact, name) for contact in contacts}

    return load


def _labels(contacts: Sequence[Contact], viewer: Membership) -> Mapping[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    links = ContactLabel.objects.filter(contact__in=contacts).select_related("label")
    for link in links.order_by("label__name"):
        found[link.contact_id].append(link.label.name)
    return found


def _owners(contacts: Sequence[Contact], viewer: Membership) -> Mapping[UUID, Membership]:
    wanted = {contact.owner_id for contact in contacts} - {None}
    members = Membership.objects.filter(pk__in=wanted).select_related("user").in_bulk()
    return {c.pk: members[c.owner_id] for c in contacts if c.owner_id in members}


def _companies(contacts: Sequence[Contact], viewer: Membership) -> Mapping[UUID, Company]:
    wanted = {contact.company_id for contact in contacts} - {None}
    companies = Company.objects.filter(pk__in=wanted).in_bulk()
    return {c.pk: companies[c.company_id] for c in contacts if c.company_id in companies}


def _channels(contacts: Sequence[Contact], viewer: Membership) -> Mapping[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    identities = ContactIdentity.objects.filter(contact__in=contacts).select_related("channel")
    for identity in identities.order_by("id"):
        if identity.channel not in found[identity.contact_id]:
            found[identity.contact_id].append(identity.channel)
    return found


def _languages(contacts: Sequence[Contact], viewer: Membership) -> Mapping[UUID, str]:
    return {contact.pk: languages.named(contact.language) for contact in contacts}


def _code(contact: Contact, _value: Any) -> str:
    """In files the code, which is read back in any language."""
    return contact.language


def _joined(_contact: Contact, value: Any) -> str:
    return ", ".join(str(each) for each in value or [])


def _names(_contact: Contact, value: Any) -> str:
    return ", ".join(channel.name for channel in value or [])


def _named(_contact: Contact, value: Any) -> str:
    return value.name if value else ""


def _person(contact: Contact, _value: Any) -> Hashable:
    is_blocked = contact.blocked_at is not None
    return contact.pk, contact.name, contact.display_name, bool(contact.avatar), is_blocked


def _list(_contact: Contact, value: Any) -> Hashable:
    return tuple(value)


def _called(_contact: Contact, value: Any) -> Hashable:
    return value.pk, value.name


def _signs(_contact: Contact, value: Any) -> Hashable:
    return tuple((channel.kind, channel.name) for channel in value)


def _column(name: str, label: Words, load: Load, **more: Any) -> Column:
    return Column(name, label, load, f"contacts/cells/_{more.pop('cell', name)}.html", **more)


def _of_contact(name: str, label: Words, **more: Any) -> Column:
    """A column that the contact's own row has."""
    return _column(name, label, _attribute(name), **{"shows": itself, **more})


for _each in (
    _of_contact("name", pgettext_lazy("person", "Name"), shows=_person, sort="name"),
    _of_contact("phone", _("Phone"), is_usual=True),
    _of_contact("email", _("E-mail"), is_usual=True),
    _column("labels", _("Labels"), _labels, plain=_joined, shows=_list, is_usual=True),
    _column("owner", _("Owner"), _owners, plain=_named, shows=_called, is_usual=True),
    _column("company", _("Company"), _companies, plain=_named, shows=_called),
    _column("channels", _("Channels"), _channels, plain=_names, shows=_signs),
    _of_contact("created_at", _("With us since"), cell="moment", sort="created", is_usual=True),
    _of_contact("updated_at", _("Changed"), cell="moment", sort="updated"),
    _of_contact("note", pgettext_lazy("contact", "About")),
    _column("language", _("Language"), _languages, cell="text", plain=_code, shows=itself),
):
    register_column(_each)


def _own_columns() -> list[Column]:
    """A column for each of the workspace's own fields."""
    return [_own_column(field) for field in custom_fields.definitions("contact")]


def _own_column(field: CustomField) -> Column:
    def load(contacts: Sequence[Contact], viewer: Membership) -> Mapping[UUID, str]:
        return {
            contact.pk: custom_fields.words(field, contact.fields.get(field.key))
            for contact in contacts
        }

    def plain(contact: Contact, value: Any) -> Any:
        stored = contact.fields.get(field.key)
        if field.kind == CustomField.Kind.NUMBER and isinstance(stored, int | float):
            return stored
        return custom_fields.as_text(field, stored)

    is_number = field.kind in {CustomField.Kind.NUMBER, CustomField.Kind.MONEY}
    return _column(
        f"fields.{field.key}", field.label, load, cell="text", plain=plain, shows=itself,
        is_number=is_number,
    )  # fmt: skip


register_columns(_own_columns)

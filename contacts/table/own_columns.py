"""The columns of what this floor knows of a contact."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts import custom_fields
from contacts.models import Company, Contact, ContactIdentity, ContactLabel, CustomField
from contacts.table.columns import Column, register_column, register_columns
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


def _joined(_contact: Contact, value: Any) -> str:
    return ", ".join(str(each) for each in value or [])


def _names(_contact: Contact, value: Any) -> str:
    return ", ".join(channel.name for channel in value or [])


def _named(_contact: Contact, value: Any) -> str:
    return value.name if value else ""


def _cell(name: str) -> str:
    return f"contacts/cells/_{name}.html"


register_column(
    Column("name", pgettext_lazy("person", "Name"), _attribute("name"), _cell("name"), sort="name")
)
register_column(Column("phone", _("Phone"), _attribute("phone"), _cell("phone"), is_usual=True))
register_column(Column("email", _("E-mail"), _attribute("email"), _cell("email"), is_usual=True))
register_column(
    Column("labels", _("Labels"), _labels, _cell("labels"), plain=_joined, is_usual=True)
)
register_column(Column("owner", _("Owner"), _owners, _cell("owner"), plain=_named, is_usual=True))
register_column(Column("company", _("Company"), _companies, _cell("company"), plain=_named))
register_column(
    Column(
        "channels",
        _("Channels"),
        _channels,
        _cell("channels"),
        plain=_names,
    )
)
register_column(
    Column(
        "created_at",
        _("With us since"),
        _attribute("created_at"),
        _cell("moment"),
        sort="created",
        is_usual=True,
    )
)
register_column(
    Column("updated_at", _("Changed"), _attribute("updated_at"), _cell("moment"), sort="updated")
)
register_column(
    Column("note", pgettext_lazy("contact", "About"), _attribute("note"), _cell("note"))
)
register_column(Column("language", _("Language"), _attribute("language"), _cell("text")))


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
    return Column(
        f"fields.{field.key}", field.label, load, _cell("text"), plain=plain, is_number=is_number
    )


register_columns(_own_columns)

"""Verbs on companies."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts import custom_fields
from contacts.models import Company
from contacts.phones import normal_phone
from events import types
from events.journal import Actor, record
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require

By = Membership | ApiToken | Actor | None
ENTITY = "company"
FIELDS = ("name", "phone", "email", "website", "tax_number", "note", "fields", "owner_id")


def create_company(*, by: By, **values: Any) -> Company:
    """Make a company. Raises ValidationError by field, PermissionDenied."""
    company = Company(**_checked(values, by))
    company.save(force_insert=True)
    custom_fields.store(ENTITY, company.pk, company.fields)
    record(types.COMPANY_CREATED, subject=company, by=by, data={"name": company.name})
    return company


def update_company(*, company: Company, by: By, **values: Any) -> Company:
    """Change what is given. Raises ValidationError by field, PermissionDenied."""
    values = _checked(values, by)
    locked = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    changes = {}
    for name, value in values.items():
        before = getattr(locked, name)
        if before != value:
            changes[name] = {"before": _plain(before), "after": _plain(value)}
            setattr(company, name, value)
    if changes:
        company.save(update_fields=[*changes, "updated_at"])
        if "fields" in changes:
            custom_fields.store(ENTITY, company.pk, company.fields)
        data = {"name": company.name, "changes": changes}
        record(types.COMPANY_UPDATED, subject=company, by=by, data=data)
    return company


def delete_company(*, company: Company, by: By) -> None:
    """Remove it; its people and deals stay, without a company. Raises PermissionDenied."""
    _require(by)
    data, pk = {"name": company.name}, company.pk
    custom_fields.forget([pk])
    company.delete()
    record(types.COMPANY_DELETED, subject=("company", pk), by=by, data=data)


def find_or_create_company(name: str, *, by: By) -> Company | None:
    """The company of this name, in whatever case, made if there is none; None for no name."""
    name = name.replace("\0", "").strip()[:200]
    if not name:
        return None
    found: Company | None = Company.objects.filter(name__iexact=name).order_by("id").first()
    return found or create_company(name=name, by=by)


def _checked(values: dict[str, Any], by: By) -> dict[str, Any]:
    _require(by)
    if unknown := set(values) - set(FIELDS):
        raise TypeError(f"A company has no field {min(unknown)} to set.")
    if "name" in values and not str(values["name"] or "").strip():
        raise ValidationError({"name": _("A company needs a name.")})
    if "phone" in values:
        values["phone"] = normal_phone(values["phone"])
    if "fields" in values:
        values["fields"] = custom_fields.clean(ENTITY, values["fields"] or {})
    return values


def _require(by: By) -> None:
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_CONTACTS)


def _plain(value: Any) -> Any:
    return value if isinstance(value, dict | str | int) or value is None else str(value)

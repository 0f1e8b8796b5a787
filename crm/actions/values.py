"""What may be written into a deal, checked in one place for pages, programs and rules."""

import json
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import custom_fields
from contacts.models import Contact
from core import money
from crm.models import Deal, Stage

FIELDS: Final = {
    "title", "amount", "cost", "currency", "owner", "team", "company", "source", "medium",
    "campaign", "content", "term", "expected_on", "fields",
}  # fmt: skip
# What a stage may ask for, by the names that its form shows.
REQUIRABLE: Final = {
    "title": gettext_lazy("title"),
    "amount": gettext_lazy("amount"),
    "cost": gettext_lazy("cost of goods"),
    "expected_on": gettext_lazy("expected date"),
    "owner": gettext_lazy("owner"),
    "company": gettext_lazy("company"),
    "source": gettext_lazy("source"),
    "loss_reason": gettext_lazy("reason"),
    "contact.name": gettext_lazy("customer’s name"),
    "contact.phone": gettext_lazy("customer’s phone"),
    "contact.email": gettext_lazy("customer’s e-mail"),
}
# Fields that name another thing.
REFERENCES: Final = {"owner", "team", "company"}
LARGEST: Final = Decimal(10) ** 15
OWN: Final = "fields."


def clean_values(values: dict[str, Any], *, contact: Contact) -> dict[str, Any]:
    """The values that were given, checked. Raises `ValidationError` by field, `TypeError` for a
    field that a deal does not have."""
    if unknown := set(values) - FIELDS:
        raise TypeError(f"A deal has no field {min(unknown)} to set.")
    errors: dict[str, Any] = {}
    for name in ("amount", "cost"):
        amount = values.get(name)
        if amount is not None and not 0 <= amount < LARGEST:
            errors[name] = _("The amount cannot be negative or so large.")
    if "currency" in values and values["currency"] not in money.currencies():
        errors["currency"] = _("There is no such currency.")
    owner = values.get("owner")
    if owner is not None and not owner.is_active:
        errors["owner"] = _("This member is not active any more.")
    if errors:
        raise ValidationError(errors)
    for name in ("title", "source", "medium", "campaign", "content", "term"):
        if name in values:
            longest = Deal._meta.get_field(name).max_length  # type: ignore[union-attr]
            values[name] = str(values[name] or "").replace("\0", "").strip()[:longest]
    return values


def held(deal: Deal, name: str) -> str:
    """What a field holds, as a form remembers it until it is sent: `amount`, `fields.<key>`."""
    value = getattr(deal, f"{name}_id") if name in REFERENCES else _held(deal, name)
    if value is None:
        return ""
    if isinstance(value, Decimal):
        value = value.quantize(money.CENT)
    return json.dumps(value, sort_keys=True) if name.startswith(OWN) else str(value)


def held_words(deal: Deal, name: str) -> str:
    """The same as people read it, with a dash for nothing."""
    value = _held(deal, name)
    if name.startswith(OWN):
        field = custom_fields.definition("deal", name.removeprefix(OWN))
        found = custom_fields.words(field, value) if field else str(value or "")
    elif isinstance(value, Decimal):
        found = money.words(value, deal.currency)
    elif isinstance(value, date):
        found = formats.date_format(value, "j E Y")
    else:
        found = str(getattr(value, "name", value) or "")
    return found or "—"


def missing_fields(deal: Deal, stage: Stage) -> list[str]:
    """What the stage asks for and the deal lacks, by name."""
    return [name for name in stage.required_fields if not _has(deal, name)]


def called(name: str) -> str:
    """What people call a field that a stage may ask for."""
    if name in REQUIRABLE:
        return str(REQUIRABLE[name])
    entity, prefix = ("contact", "contact.fields.") if "contact." in name else ("deal", "fields.")
    key = name.removeprefix(prefix)
    field = custom_fields.definition(entity, key)
    return field.label if field else key


def require_fields(deal: Deal, stage: Stage) -> None:
    """Refuse a deal that lacks what the stage asks for, naming all that is missing."""
    missing = missing_fields(deal, stage)
    if missing:
        names = ", ".join(called(name) for name in missing)
        raise ValidationError(
            {
                "required": ValidationError(
                    _("The stage “%(stage)s” needs: %(fields)s."),
                    code="required_fields",
                    params={"stage": stage.name, "fields": names},
                )
            }
        )


def _held(deal: Deal, name: str) -> Any:
    if name.startswith(OWN):
        return deal.fields.get(name.removeprefix(OWN))
    return getattr(deal, name)


def _has(deal: Deal, name: str) -> bool:
    if name.startswith("fields."):
        return deal.fields.get(name.removeprefix("fields.")) not in (None, "", [])
    if name.startswith("contact.fields."):
        return deal.contact.fields.get(name.removeprefix("contact.fields.")) not in (None, "", [])
    if name.startswith("contact."):
        return bool(getattr(deal.contact, name.removeprefix("contact."), None))
    value = getattr(deal, f"{name}_id", None) if name in {"owner", "company"} else None
    return bool(value or getattr(deal, name, None))

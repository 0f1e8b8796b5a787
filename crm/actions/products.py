"""The list of what the company sells."""

from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from core import money
from crm.actions.pipelines import manage
from crm.actions.values import LARGEST
from crm.history import By
from crm.models import Product
from events import types
from events.journal import record
from workspaces.zones import workspace_in_scope

COLUMNS: Final = ("name", "code", "price", "cost", "currency")


def create_product(*, name: str, by: By, **values: Any) -> Product:
    """Add a product; its currency is the workspace's unless given. Raises `ValidationError`."""
    manage(by)
    currency = values.pop("currency", "") or workspace_in_scope().currency
    product: Product = Product.objects.create(
        **_checked({"name": name, "currency": currency, **values})
    )
    _tell(product, by, ["created"])
    return product


def update_product(product: Product, *, by: By, **values: Any) -> Product:
    """Change what is given. Lines of deals keep the name and the prices they have."""
    manage(by)
    checked = _checked(values)
    changed = [name for name, value in checked.items() if getattr(product, name) != value]
    for name in changed:
        setattr(product, name, checked[name])
    if changed:
        product.save(update_fields=changed)
        _tell(product, by, changed)
    return product


def archive_product(product: Product, *, by: By) -> None:
    """Offer a product no more; deals keep their lines. A no-op when it is archived."""
    manage(by)
    now = timezone.now()
    if Product.objects.filter(pk=product.pk, archived_at=None).update(archived_at=now):
        product.archived_at = now
        _tell(product, by, ["archived"])


def restore_product(product: Product, *, by: By) -> None:
    """Offer it again."""
    manage(by)
    found = Product.objects.filter(pk=product.pk).exclude(archived_at=None)
    if found.update(archived_at=None):
        product.archived_at = None
        _tell(product, by, ["restored"])


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - set(COLUMNS):
        raise TypeError(f"A product has no {min(unknown)} to set.")
    errors: dict[str, Any] = {}
    for name in ("name", "code"):
        if name in values:
            longest = Product._meta.get_field(name).max_length  # type: ignore[union-attr]
            values[name] = values[name].replace("\0", "").strip()[:longest]
    if not values.get("name", "x"):
        errors["name"] = _("A name is needed.")
    for name in ("price", "cost"):
        amount: Decimal | None = values.get(name)
        if amount is not None and not 0 <= amount < LARGEST:
            errors[name] = _("The amount cannot be negative or so large.")
    if "currency" in values and values["currency"] not in money.currencies():
        errors["currency"] = _("There is no such currency.")
    if errors:
        raise ValidationError(errors)
    return values


def _tell(product: Product, by: By, changed: list[str]) -> None:
    data = {"name": product.name, "changed": changed}
    record(types.PRODUCT_CHANGED, subject=product, by=by, data=data)

"""What a deal is made up of, line by line."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core import positions
from core.money import CENT
from crm.actions.moving import locked
from crm.actions.values import LARGEST
from crm.history import By, Changes
from crm.models import Deal, DealItem, Product
from events import types
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require

MOST_ITEMS: Final = 200


@dataclass
class Line:
    """A line to be: of a product, whose name and prices count where none are given, or free.

    `id` is that of the line which it was till now.
    """

    id: UUID | None = None
    product: Product | None = None
    name: str = ""
    quantity: Decimal = field(default=Decimal(1))
    price: Decimal | None = None
    cost: Decimal | None = None


def set_items(deal: Deal, lines: list[Line], *, by: By, sets_amount: bool = False) -> Deal:
    """Make these the deal's lines, in this order; with `sets_amount` their sums become its amount
    and, where every line has one, its cost. A no-op when nothing differs.

    Raises `ValidationError` in words.
    """
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_DEALS)
    if len(lines) > MOST_ITEMS:
        raise ValidationError(_("A deal has at most %(count)d lines.") % {"count": MOST_ITEMS})
    deal = locked(deal)
    changes = Changes(deal, by)
    before = list(DealItem.objects.filter(deal=deal).order_by("position", "id"))
    known = {item.pk: item for item in before}
    after = [_item(deal, line, known) for line in lines]
    if _told(before) != _told(after):
        changes.note(
            "items",
            _told(before),
            _told(after),
            before_words=_summary(before),
            after_words=_summary(after),
        )
        kept = {item.pk for item in after} & {item.pk for item in before}
        DealItem.objects.filter(deal=deal).exclude(pk__in=kept).delete()
        for item, position in zip(after, positions.several(len(after)), strict=True):
            item.position = position
            item.save(force_update=item.pk in kept, force_insert=item.pk not in kept)
    if sets_amount:
        _set_sums(deal, after, changes)
    if changes:
        deal.save()
        changes.keep(types.DEAL_UPDATED)
    return deal


def lines_of(deal: Deal) -> list[Line]:
    """The deal's lines as they are, to be changed and set again; the deal is held till then."""
    locked(deal)
    found = DealItem.objects.filter(deal=deal).select_related("product")
    return [
        Line(item.pk, item.product, item.name, item.quantity, item.price, item.cost)
        for item in found.order_by("position", "id")
    ]


def _item(deal: Deal, line: Line, known: dict[UUID, DealItem]) -> DealItem:
    product = line.product
    name = line.name.replace("\0", "").strip() or (product.name if product else "")
    price = line.price
    if price is None and product is not None:
        if product.price is not None and product.currency != deal.currency:
            raise ValidationError(
                {"price": _("“%(name)s” has a price in another currency.") % {"name": name}}
            )
        price = product.price
    cost = line.cost
    if cost is None and product is not None and product.currency == deal.currency:
        cost = product.cost
    if not name:
        raise ValidationError({"name": _("A line needs a product or a name.")})
    if price is None:
        raise ValidationError({"price": _("“%(name)s” needs a price.") % {"name": name}})
    for amount in (price, cost):
        if amount is not None and not 0 <= amount < LARGEST:
            raise ValidationError({"price": _("The amount cannot be negative or so large.")})
    if not 0 < line.quantity < 10**9:
        raise ValidationError({"quantity": _("The quantity must be more than nothing.")})
    # A line twice of one id is two lines.
    was = known.pop(line.id, None) if line.id else None
    own = {"pk": was.pk, "created_at": was.created_at} if was else {}
    return DealItem(
        deal=deal,
        product=product,
        name=name[:200],
        quantity=line.quantity,
        price=price,
        cost=cost,
        **own,
    )


def _set_sums(deal: Deal, items: list[DealItem], changes: Changes) -> None:
    amount = sum((item.quantity * item.price for item in items), Decimal(0)).quantize(CENT)
    if amount >= LARGEST:
        raise ValidationError({"amount": _("The amount cannot be negative or so large.")})
    costs = [item.quantity * item.cost for item in items if item.cost is not None]
    if deal.amount != amount:
        changes.note("amount", deal.amount, amount)
        deal.amount = amount
    if items and len(costs) == len(items):
        cost = sum(costs, Decimal(0)).quantize(CENT)
        if deal.cost != cost:
            changes.note("cost", deal.cost, cost)
            deal.cost = cost


def _told(items: list[DealItem]) -> list[dict[str, Any]]:
    return [
        {
            "product": str(item.product_id) if item.product_id else None,
            "name": item.name,
            "quantity": f"{item.quantity.normalize():f}",
            "price": str(item.price.quantize(CENT)),
            "cost": str(item.cost.quantize(CENT)) if item.cost is not None else None,
        }
        for item in items
    ]


def _summary(items: list[DealItem]) -> str:
    return ", ".join(f"{item.name} × {item.quantity.normalize():f}" for item in items)

"""Goods on the sheet: lines that are added, changed and taken out one by one.

The amount follows the goods for as long as it is their sum, or is not known; whoever writes another
one has agreed on something else, and is only offered the sum.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from core.money import CENT
from crm.actions import Line, lines_of, set_items
from crm.models import Deal, DealItem, Product
from workspaces.models import Membership

MOST_PRODUCTS: Final = 300


def shown(deal: Deal) -> dict[str, Any]:
    """The lines, what they come to, and the products that can be picked."""
    items: list[Any] = list(deal.items.order_by("position", "id"))
    for item in items:
        item.total = (item.quantity * item.price).quantize(CENT)
    total = sum((item.total for item in items), Decimal(0))
    return {
        "items": items,
        "items_total": total,
        "amount_differs": bool(items) and deal.amount != total,
        "products": Product.objects.filter(archived_at=None, currency=deal.currency).order_by(
            "name"
        )[:MOST_PRODUCTS],
    }


def change(deal: Deal, act: Callable[[list[Line]], list[Line]], *, by: Membership) -> None:
    """Set what `act` makes of the lines. Raises `ValidationError`."""
    lines = lines_of(deal)
    now = Deal.objects.only("amount").get(pk=deal.pk).amount
    follows = now is None or (bool(lines) and now == _sum(deal))
    set_items(deal, act(lines), by=by, sets_amount=follows)


def take_sum(deal: Deal, *, by: Membership) -> None:
    """Make the sum of the lines the amount."""
    set_items(deal, lines_of(deal), by=by, sets_amount=True)


def _sum(deal: Deal) -> Decimal:
    items = DealItem.objects.filter(deal=deal)
    return sum((item.quantity * item.price for item in items), Decimal(0)).quantize(CENT)

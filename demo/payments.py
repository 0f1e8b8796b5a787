"""How the workshop is paid: half in advance, the rest at the end."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from crm.models import Deal, Payment
from workspaces.zones import local_day

PREPAID: Final = "Предоплата"
PAID: Final = "Оплачено"


def payments_of(
    deal: Deal, moments: Mapping[str, datetime], *, is_refunded: bool = False
) -> list[Payment]:
    """What was paid at the moments in which the deal came to its stages, by their names; now and
    then some of it went back. The deal's `paid` is added up, nothing is saved."""
    if deal.amount is None:
        return []
    half = (deal.amount / 2).quantize(Decimal(1))
    parts: list[tuple[Decimal, datetime]] = []
    if PREPAID in moments:
        parts.append((half, moments[PREPAID]))
    if PAID in moments:
        parts.append((deal.amount - half if parts else deal.amount, moments[PAID]))
        if is_refunded:
            parts.append((-(half / 2).quantize(Decimal(1)), moments[PAID] + timedelta(days=6)))
    deal.paid = sum((amount for amount, _at in parts), Decimal(0))
    return [
        Payment(
            deal=deal, amount=amount, currency=deal.currency, paid_on=local_day(at),
            author=deal.owner, created_at=at,
        )
        for amount, at in parts
    ]  # fmt: skip

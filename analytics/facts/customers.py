"""Who became a customer: a contact's first order."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from analytics.facts import writing
from analytics.models import Fact, Kind
from analytics.models.dimensions import DIMENSIONS


def derive_new_customers(
    contact_ids: Iterable[UUID | None], deal_ids: Iterable[UUID], *, seq: int
) -> None:
    """Bring the facts of new customers in line with the orders of these contacts."""
    contacts = {contact_id for contact_id in contact_ids if contact_id}
    firsts: dict[UUID, Fact] = {}
    orders = Fact.objects.filter(kind=Kind.WON, contact_id__in=contacts, voided_at=None)
    for order in orders.order_by("at", "deal_id"):
        firsts.setdefault(order.contact_id, order)
    known = Fact.objects.filter(
        Q(contact_id__in=contacts) | Q(deal_id__in=list(deal_ids)),
        kind=Kind.NEW_CUSTOMER,
        voided_at=None,
    )
    writing.replace(list(known), [_of(order, seq) for order in firsts.values()])


def _of(order: Fact, seq: int) -> Fact:
    fact = Fact(
        kind=Kind.NEW_CUSTOMER,
        natural_key=f"{order.contact_id}@{seq}",
        at=order.at,
        born_at=order.born_at,
        deal_id=order.deal_id,
        contact_id=order.contact_id,
        conversation_id=order.conversation_id,
    )
    for name in (*DIMENSIONS, "flag"):
        setattr(fact, name, getattr(order, name))
    return fact

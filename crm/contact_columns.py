"""What sales know of a contact, as columns of the table of contacts."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from contacts.table.columns import Column, register_column
from core import money
from crm.models import Deal
from workspaces.models import Membership
from workspaces.permissions import Verb

Sums = dict[str, Decimal]


def _sums(contacts: Sequence[Contact], viewer: Membership) -> Mapping[UUID, Sums]:
    """What open and won deals are worth together, by currency, of those that the viewer sees."""
    counted = (Deal.Status.OPEN, Deal.Status.WON)
    deals = Deal.objects.visible_to(viewer).filter(contact__in=contacts, status__in=counted)
    found: dict[UUID, Sums] = defaultdict(dict)
    rows = deals.order_by().values("contact_id", "currency").annotate(total=Sum("amount"))
    for row in rows:
        if row["total"] is not None:
            found[row["contact_id"]][row["currency"]] = row["total"]
    return found


def words(sums: Any) -> str:
    """ "96,400 ₽", several currencies one after the other."""
    return ", ".join(money.words(total, currency) for currency, total in sorted(sums.items()))


def _plain(contact: Contact, sums: Any) -> Any:
    """A number while there is one currency, so that a spreadsheet can count with it."""
    if not sums:
        return None
    return next(iter(sums.values())) if len(sums) == 1 else words(sums)


def _amounts(_contact: Contact, sums: Any) -> Hashable:
    return tuple(sorted(sums.items()))


register_column(
    Column(
        "deals_sum",
        _("Deals"),
        _sums,
        "crm/_deals_sum_cell.html",
        plain=_plain,
        shows=_amounts,
        verb=Verb.READ_DEALS,
        is_usual=True,
        is_number=True,
    )
)

"""The funnel as a table: the same deals, sorted by a column, with their sum."""

from typing import Final, NamedTuple

from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models import Deal

PAGE: Final = 100


class TableColumn(NamedTuple):
    """A column of the table and what it is sorted by."""

    name: str
    label: str | Promise
    order: str
    is_number: bool = False


COLUMNS: Final = {
    column.name: column
    for column in (
        TableColumn("number", _("Number"), "number", True),
        TableColumn("customer", _("Customer"), "contact__name"),
        TableColumn("title", pgettext_lazy("deal", "Title"), "title"),
        TableColumn("stage", _("Stage"), "stage__position"),
        TableColumn("amount", _("Amount"), "amount", True),
        TableColumn("cost", _("Cost of goods"), "cost", True),
        TableColumn("paid", pgettext_lazy("deal", "Paid"), "paid", True),
        TableColumn("owner", _("Owner"), "owner__user__name"),
        TableColumn("channel", _("Channel"), "channel__name"),
        TableColumn("source", _("Source"), "source"),
        TableColumn("created", _("Created"), "created_at"),
        TableColumn("stage_since", _("In the stage since"), "stage_since"),
        TableColumn("expected", _("Expected"), "expected_on"),
        TableColumn("closed", pgettext_lazy("deal", "Closed"), "closed_at"),
    )
}
USUAL: Final = ("customer", "stage", "amount", "owner", "source", "created", "expected")


def chosen(names: list[str]) -> list[TableColumn]:
    """The columns of these names, in the table's order; the usual ones where none is known."""
    found = [column for name, column in COLUMNS.items() if name in names]
    return found or [COLUMNS[name] for name in USUAL]


def in_order(deals: QuerySet[Deal], sort: str) -> QuerySet[Deal]:
    """Sorted by `amount` or, falling, `-amount`; deals without the value last."""
    column = COLUMNS.get(sort.removeprefix("-"))
    if column is None:
        return deals.order_by("-created_at", "id")
    field = F(column.order)
    order = field.desc(nulls_last=True) if sort.startswith("-") else field.asc(nulls_last=True)
    return deals.order_by(order, "id")

"""The funnel as a table: the same deals, sorted by a column, with their sum."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models import Deal, Pipeline

PAGE: Final = 100


class TableColumn(NamedTuple):
    """A column of the table and what it is sorted by, which each deal has or `may_lack`."""

    name: str
    label: str | Promise
    order: str
    is_number: bool = False
    may_lack: bool = False


COLUMNS: Final = {
    column.name: column
    for column in (
        TableColumn("number", _("Number"), "number", True),
        TableColumn("customer", _("Customer"), "contact__name"),
        TableColumn("title", pgettext_lazy("deal", "Title"), "title"),
        TableColumn("stage", _("Stage"), "stage__position"),
        TableColumn("amount", _("Amount"), "amount", True, may_lack=True),
        TableColumn("cost", _("Cost of goods"), "cost", True, may_lack=True),
        TableColumn("paid", pgettext_lazy("deal", "Paid"), "paid", True),
        TableColumn("owner", _("Owner"), "owner__user__name", may_lack=True),
        TableColumn("channel", _("Channel"), "channel__name", may_lack=True),
        TableColumn("source", _("Source"), "source"),
        TableColumn("created", _("Created"), "created_at"),
        TableColumn("stage_since", _("In the stage since"), "stage_since"),
        TableColumn("expected", _("Expected"), "expected_on", may_lack=True),
        TableColumn("closed", pgettext_lazy("deal", "Closed"), "closed_at", may_lack=True),
    )
}
SUMMED: Final = {"cost", "paid"}
USUAL: Final = ("customer", "stage", "amount", "owner", "source", "created", "expected")


def chosen(names: list[str]) -> list[TableColumn]:
    """The columns of these names, in the table's order; the usual ones where none is known."""
    found = [column for name, column in COLUMNS.items() if name in names]
    return found or [COLUMNS[name] for name in USUAL]


def in_order(deals: QuerySet[Deal], sort: str) -> QuerySet[Deal]:
    """Sorted by `amount` or, falling, `-amount`; deals without the value last."""
    column, is_falling = COLUMNS.get(sort.removeprefix("-")), sort.startswith("-")
    if column is None:
        return deals.order_by("-created_at", "id")
    if column.may_lack:
        field = F(column.order)
        order: Any = field.desc(nulls_last=True) if is_falling else field.asc(nulls_last=True)
    else:
        # Plainly: an index that gives the order has no "nulls last".
        order = f"-{column.order}" if is_falling else column.order
    return deals.order_by(order, "id")


def rows_of(deals: QuerySet[Deal], sort: str, page: int) -> list[Deal]:
    """The deals of a page, counted from 1. First which ones: joined with all that the table shows
    of them, thousands would be sorted for the sake of a hundred."""
    ids = list(in_order(deals, sort).values_list("pk", flat=True)[(page - 1) * PAGE : page * PAGE])
    known = deals.select_related("contact", "stage", "owner__user", "channel").in_bulk(ids)
    return [known[pk] for pk in ids if pk in known]


def totals(
    deals: QuerySet[Deal], columns: Sequence[TableColumn], pipeline: Pipeline
) -> dict[str, Any]:
    """`count` and `amount` of all deals, and the sums of further columns that are shown: an index
    has the first two and not the others. Amounts are in the pipeline's currency."""
    own = Q(currency=pipeline.currency)
    shown = {column.name for column in columns} & SUMMED
    sums = {name: Sum(name, filter=own) for name in ("amount", *sorted(shown))}
    return deals.order_by().aggregate(count=Count("*"), **sums)

"""How much of the truth a report has seen: shares of what is known."""

from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from analytics.factors import tellable
from analytics.models import Kind
from analytics.reports.collecting import spend
from analytics.reports.question import Question
from analytics.reports.slices import rollups


def coverage(question: Question) -> dict[str, Any]:
    """`source`: leads whose source is known; `spend`: spend on sources that brought leads;
    `amount`, `cost`: orders that have one; `currency`: orders in the report's currency; `vat`:
    spend that includes it. Null where there is nothing to have a share of."""
    by_source = rollups(question, question.base, [Kind.LEAD], ["source"])
    leads = dict(by_source.values_list("source").annotate(Sum("n")).order_by())
    orders = rollups(question, question.base, [Kind.WON], []).aggregate(
        all=Sum("n"),
        with_amount=Sum("amounts"),
        with_cost=Sum("costs"),
        ours=Sum("n", filter=tellable(question.currency, "day")),
    )
    spent, matched, with_vat = _spent(question, set(leads))
    every = sum(leads.values())
    return {
        "source": _share(every - leads.get("", 0), every),
        "spend": _share(matched, spent),
        "amount": _share(orders["with_amount"], orders["all"]),
        "cost": _share(orders["with_cost"], orders["all"]),
        "currency": _share(orders["ours"], orders["all"]),
        "vat": _share(with_vat, spent),
        "spend_is_narrowed": question.narrows_spend,
    }


def _spent(question: Question, sources: set[str]) -> tuple[Decimal, Decimal, Decimal]:
    """What was spent, what of it on sources that brought leads, and what of it includes VAT."""
    rows = list(
        spend(question)
        .values_list("source")
        .annotate(all_of_it=Sum("counted"), with_vat=Sum("counted", filter=Q(vat_included=True)))
        .order_by()
    )
    return (
        sum((cost or Decimal(0) for _source, cost, _vat in rows), Decimal(0)),
        sum((cost or Decimal(0) for source, cost, _vat in rows if source in sources), Decimal(0)),
        sum((vat or Decimal(0) for _source, _cost, vat in rows), Decimal(0)),
    )


def _share(part: Any, whole: Any) -> float | None:
    return round(float(part or 0) / float(whole), 6) if whole else None

"""How much of the truth a report has seen: shares of what is known."""

from typing import Any

from django.db.models import Q, Sum

from analytics.factors import tellable
from analytics.models import Kind
from analytics.reports.collecting import rollups, spend
from analytics.reports.question import Question


def coverage(question: Question) -> dict[str, Any]:
    """`source`: leads whose source is known; `spend`: spend on sources that brought leads;
    `amount`, `cost`: orders that have one; `currency`: orders in the report's currency; `vat`:
    spend that includes it. Null where there is nothing to have a share of."""
    leads = rollups(question, question.base, [Kind.LEAD], ["source"]).aggregate(
        all=Sum("n"), known=Sum("n", filter=~Q(source=""))
    )
    orders = rollups(question, question.base, [Kind.WON], []).aggregate(
        all=Sum("n"),
        amounts=Sum("amounts"),
        costs=Sum("costs"),
        ours=Sum("n", filter=tellable(question.currency, "day")),
    )
    return {
        "source": _share(leads["known"], leads["all"]),
        "spend": _spend_matched(question),
        "amount": _share(orders["amounts"], orders["all"]),
        "cost": _share(orders["costs"], orders["all"]),
        "currency": _share(orders["ours"], orders["all"]),
        "vat": _vat(question),
        "spend_is_narrowed": question.narrows_spend,
    }


def _spend_matched(question: Question) -> float | None:
    by_source = dict(spend(question).values_list("source").annotate(Sum("counted")).order_by())
    if not by_source:
        return None
    known = rollups(question, question.base, [Kind.LEAD], ["source"]).filter(
        source__in=list(by_source)
    )
    sources = set(known.values_list("source", flat=True).distinct().order_by())
    matched = sum(cost or 0 for source, cost in by_source.items() if source in sources)
    return _share(matched, sum(cost or 0 for cost in by_source.values()))


def _vat(question: Question) -> float | None:
    found = spend(question).aggregate(
        all=Sum("counted"), included=Sum("counted", filter=Q(vat_included=True))
    )
    return _share(found["included"], found["all"])


def _share(part: Any, whole: Any) -> float | None:
    return round(float(part or 0) / float(whole), 6) if whole else None

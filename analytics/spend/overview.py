"""What is known of spend, month by month."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Sum
from django.db.models.functions import TruncMonth

from analytics.models import AcquisitionCost, AdSpend


@dataclass(frozen=True)
class Spent:
    """One source in one month, in one currency."""

    month: date
    source: str
    origins: list[str]
    cost: Decimal
    currency: str
    impressions: int
    clicks: int
    days: int
    until: date
    restated: int


def spent(first: date) -> list[Spent]:
    """By month, the newest first, and what cost most on top."""
    rows = (
        AdSpend.objects.filter(date__gte=first)
        .annotate(month=TruncMonth("date"))
        .values("month", "source", "currency", "origin")
        .annotate(
            Sum("cost"), Sum("impressions"), Sum("clicks"), Sum("restated"), Max("date"),
            days=Count("date", distinct=True),
        )
        .order_by()
    )  # fmt: skip
    merged: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        merged.setdefault((row["month"], row["source"], row["currency"]), []).append(row)
    found = [
        Spent(
            month=month,
            source=source,
            origins=sorted(row["origin"] for row in some),
            cost=sum((row["cost__sum"] for row in some), Decimal(0)),
            currency=currency,
            impressions=sum(row["impressions__sum"] for row in some),
            clicks=sum(row["clicks__sum"] for row in some),
            days=max(row["days"] for row in some),
            until=max(row["date__max"] for row in some),
            restated=sum(row["restated__sum"] for row in some),
        )
        for (month, source, currency), some in merged.items()
    ]
    return sorted(found, key=lambda one: (-one.month.toordinal(), -one.cost))


def other_costs(first: date) -> list[dict[str, Any]]:
    """What winning customers cost besides, by month and name."""
    rows = (
        AcquisitionCost.objects.filter(date__gte=first)
        .annotate(month=TruncMonth("date"))
        .values("month", "name", "currency")
        .annotate(cost=Sum("cost"))
        .order_by("-month", "name")
    )
    return list(rows)

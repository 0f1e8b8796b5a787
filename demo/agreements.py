"""What the demo's marketing and sales promise each other: a year of it, in three versions."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from analytics.agreements.promises import OFFERS
from analytics.models import Agreement, AgreementPromise
from workspaces.models import Membership
from workspaces.zones import local_day, zone

ACCEPTED_LEAD: Final = (
    "Человек сам написал или позвонил, и ему можно ответить.\n"
    "Ему нужна мебель на заказ: диван, кухня, шкаф или детская.\n"
    "Живёт в Петербурге, Ленобласти или Казани."
)
# How many months ago each came into force, and what was promised.
VERSIONS: Final[tuple[tuple[int, dict[str, str]], ...]] = (
    (10, {"accepted_leads": "30", "accepted_lead_cost": "2600", "sla_share": "0.6"}),
    (5, {"accepted_leads": "40", "acceptance": "0.65", "accepted_lead_cost": "2500",
         "sla_share": "0.6", "judged_in_time": "0.65"}),
    (1, {"accepted_leads": "85", "acceptance": "0.65", "accepted_lead_cost": "2500",
         "sla_share": "0.65", "judged_in_time": "0.7"}),
)  # fmt: skip


def seed_agreements(members: dict[str, Membership]) -> None:
    """All of them, signed by both heads on the first days of their months."""
    today = local_day(timezone.now())
    for number, (months, promises) in enumerate(VERSIONS, start=1):
        since = _months_before(today.replace(day=1), months)
        signed = datetime.combine(since + timedelta(days=1), time(11, 20), zone())
        agreement = Agreement.objects.create(
            number=number, since=since, accepted_lead=ACCEPTED_LEAD,
            proposed_by=members["manager"], sales_by=members["manager"], sales_at=signed,
            marketing_by=members["marketer"], marketing_at=signed + timedelta(hours=4),
        )  # fmt: skip
        AgreementPromise.objects.bulk_create(
            [
                AgreementPromise(
                    agreement=agreement, side=OFFERS[key].side, metric=key,
                    condition=OFFERS[key].condition, threshold=Decimal(threshold),
                )
                for key, threshold in promises.items()
            ]
        )  # fmt: skip


def _months_before(first: date, months: int) -> date:
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first

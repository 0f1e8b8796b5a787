"""What advertisements cost day by day, and what else it took to win customers."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from analytics.models import AcquisitionCost, AdSpend
from demo.year import plan
from demo.year.plan import CAMPAIGNS, Campaign
from demo.year.story import Customer

Leads = Counter[tuple[date, str, str, str]]

_DAILY_SALARY: Final = Decimal(2600)
_SALARIES: Final = "Зарплата отдела рекламы"


def spend(customers: list[Customer], today: date, until: date) -> None:
    """Clicks follow the leads that they brought, with chance in between; VAT is included. Salaries
    go on after `until`, where the clicks of this story end."""
    dice = random.Random(plan.DAYS)
    leads: Leads = Counter()
    for customer in customers:
        for sale in customer.sales:
            one = sale.campaign
            leads[(sale.born.date(), one.source, one.name, sale.ad)] += 1
    days = [today - timedelta(days=back) for back in range(plan.DAYS, 0, -1)]
    rows = [
        row
        for campaign in CAMPAIGNS
        if campaign.click
        for day in days
        if day < until and day.month >= campaign.since
        for row in _of_day(campaign, day, leads, dice)
    ]
    AdSpend.objects.insert_new(rows)
    AcquisitionCost.objects.bulk_create(
        [
            AcquisitionCost(date=day, name=_SALARIES, cost=_DAILY_SALARY, currency="RUB")
            for day in days
        ]
    )


def _of_day(campaign: Campaign, day: date, leads: Leads, dice: random.Random) -> Iterator[AdSpend]:
    for ad in campaign.ads or ("",):
        brought = leads[(day, campaign.source, campaign.name, ad)]
        # Most clicks bring nobody; those of a day without leads too.
        usual = 0.45 / max(1, len(campaign.ads))
        whole = (brought + usual) * campaign.clicks_a_lead * dice.uniform(0.5, 1.1)
        price, shown = campaign.click * dice.uniform(0.85, 1.2), dice.uniform(35, 90)
        for term, share in by_term(campaign.terms):
            clicks = round(whole * share)
            yield AdSpend(
                date=day, source=campaign.source, medium=campaign.medium, campaign=campaign.name,
                ad=ad, term=term, clicks=clicks, impressions=round(clicks * shown),
                cost=Decimal(clicks * price).quantize(Decimal("0.01")), currency="RUB",
                origin=AdSpend.Origin.FILE,
            )  # fmt: skip


def by_term(terms: tuple[str, ...]) -> Iterable[tuple[str, float]]:
    """Keywords with their parts of the clicks; an advertisement without any has all of them."""
    return zip(terms, plan.TERM_CLICKS, strict=True) if terms else [("", 1.0)]

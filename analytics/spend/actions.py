"""Putting spend down. The later word about a day and an advertisement replaces the earlier."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from analytics.attribution.weights import credits
from analytics.facts.money import major, minor
from analytics.models import AcquisitionCost, AdSpend
from events import types
from events.journal import Actor, record
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require
from workspaces.scope import current_workspace_id
from workspaces.zones import workspace_in_scope

By = Membership | ApiToken | Actor | None

LONGEST_PERIOD: Final = 731  # days
_TOLD: Final = ("impressions", "clicks", "cost", "currency", "vat_included")


@dataclass(frozen=True)
class Told:
    """One day of one advertisement, as it was told."""

    date: date
    source: str
    cost: Decimal
    medium: str = ""
    campaign: str = ""
    ad: str = ""
    account: str = ""
    impressions: int = 0
    clicks: int = 0
    currency: str = ""
    vat_included: bool = True

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two of them the same advertisement on the same day."""
        medium = "" if self.ad else self.medium
        return (self.date, self.source, self.account, medium, self.campaign, self.ad)


def put_spend(told: Iterable[Told], *, by: By, origin: str = AdSpend.Origin.API) -> list[AdSpend]:
    """Write rows of spend, each in place of what was known of its day and advertisement.

    Of the same one twice, the last counts. Returns the rows as they are now, in the given order.
    """
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_SPEND)
    currency = workspace_in_scope().currency
    wanted = {
        one.key: replace(one, currency=one.currency or currency) for one in map(_cleaned, told)
    }
    if not wanted:
        return []
    known = {_key(row): row for row in _rows_like(wanted.values())}
    new, changed = [], []
    for key, one in wanted.items():
        row = known.get(key)
        if row is None:
            row = AdSpend(**asdict(one), origin=origin)
            new.append(row)
        elif any(getattr(row, name) != getattr(one, name) for name in (*_TOLD, "medium")):
            for name, value in asdict(one).items():
                setattr(row, name, value)
            row.origin, row.restated = origin, row.restated + 1
            changed.append(row)
        known[key] = row
    AdSpend.objects.bulk_create(new, batch_size=1000)
    AdSpend.objects.bulk_update(changed, [*_TOLD, "medium", "origin", "restated"], batch_size=500)
    if new or changed:
        _tell(list(wanted.values()), len(new), len(changed), by)
    return [known[key] for key in wanted]


def spread(told: Told, last: date) -> list[Told]:
    """One sum for a period, divided by its days: the parts sum to it exactly. Raises
    `ValidationError` for a period that ends before it begins or is too long."""
    days = (last - told.date).days + 1
    if not 0 < days <= LONGEST_PERIOD:
        raise ValidationError({"to": _("The period ends before it begins or is too long.")})
    shares = [1 / days] * days
    costs = credits(minor(told.cost) or 0, shares)
    shown, clicked = credits(told.impressions, shares), credits(told.clicks, shares)
    return [
        replace(
            told,
            date=told.date + timedelta(days=place),
            cost=major(costs[place]),
            impressions=shown[place],
            clicks=clicked[place],
        )
        for place in range(days)
    ]


def put_acquisition_cost(
    *, first: date, last: date, name: str, cost: Decimal, currency: str = "", by: By
) -> list[AcquisitionCost]:
    """What winning customers cost besides advertisements, spread over the days of a period; in
    place of what was known of the same name on these days."""
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_SPEND)
    currency = currency or workspace_in_scope().currency
    parts = spread(Told(date=first, source=name, cost=cost), last)
    rows = [
        AcquisitionCost(date=part.date, name=name, cost=part.cost, currency=currency)
        for part in parts
    ]
    AcquisitionCost.objects.filter(date__gte=first, date__lte=last, name=name).delete()
    AcquisitionCost.objects.bulk_create(rows)
    _tell(parts, len(rows), 0, by)
    return rows


def _cleaned(told: Told) -> Told:
    names = {
        name: getattr(told, name).replace("\0", "").strip()
        for name in ("source", "medium", "campaign", "ad", "account")
    }
    return replace(told, **names)


def _key(row: AdSpend) -> tuple[Any, ...]:
    medium = "" if row.ad else row.medium
    return (row.date, row.source, row.account, medium, row.campaign, row.ad)


def _rows_like(told: Iterable[Told]) -> list[AdSpend]:
    """The known rows among which those of the same key are, locked in one order."""
    told = list(told)
    return list(
        AdSpend.objects.select_for_update()
        .filter(date__in={one.date for one in told}, source__in={one.source for one in told})
        .order_by("id")
    )


def _tell(told: list[Told], added: int, restated: int, by: By) -> None:
    days = [one.date for one in told]
    record(
        types.SPEND_CHANGED,
        subject=("workspace", current_workspace_id()),
        by=by,
        data={
            "from": min(days).isoformat(),
            "to": max(days).isoformat(),
            "sources": sorted({one.source for one in told})[:50],
            "added": added,
            "restated": restated,
        },
    )

"""Putting spend down. The later word about a day, an advertisement and a keyword replaces the
earlier."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

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
    """One day of one advertisement, or of one of its keywords, as it was told."""

    date: date
    source: str
    cost: Decimal
    medium: str = ""
    campaign: str = ""
    ad: str = ""
    term: str = ""
    account: str = ""
    impressions: int = 0
    clicks: int = 0
    currency: str = ""
    vat_included: bool = True

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two of them the same keyword of the same advertisement on the same day."""
        return (*_advertisement(self), self.term)


def put_spend(
    told: Iterable[Told],
    *,
    by: By,
    origin: str = AdSpend.Origin.API,
    is_whole: bool = False,
) -> list[AdSpend]:
    """Write rows of spend, each in place of what was known of its day, advertisement and keyword.

    Of the same one twice, the last counts. `is_whole`: they are all there is of their
    advertisements on their days, so keywords that are told no more go, as does what was told of an
    advertisement before its keywords were: nothing counts twice. Returns the rows as they are now,
    in the given order.
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
    gone = _left_out(known, wanted) if is_whole else []
    AdSpend.objects.filter(pk__in=gone).delete()
    AdSpend.objects.bulk_create(new, batch_size=1000)
    AdSpend.objects.bulk_update(changed, [*_TOLD, "medium", "origin", "restated"], batch_size=500)
    if new or changed or gone:
        _tell(list(wanted.values()), len(new), len(changed), by, removed=len(gone))
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


def together(told: Iterable[Told]) -> list[Told]:
    """Those of one day, advertisement and keyword as one: for systems that tell them in parts."""
    found: dict[tuple[Any, ...], Told] = {}
    for one in told:
        known = found.get(one.key)
        found[one.key] = (
            one
            if known is None
            else replace(
                known,
                cost=known.cost + one.cost,
                impressions=known.impressions + one.impressions,
                clicks=known.clicks + one.clicks,
            )
        )
    return list(found.values())


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
        for name in ("source", "medium", "campaign", "ad", "term", "account")
    }
    return replace(told, **names)


def _advertisement(one: Told | AdSpend) -> tuple[Any, ...]:
    """One day of one advertisement: it is the same whatever its medium is called."""
    medium = "" if one.ad else one.medium
    return (one.date, one.source, one.account, medium, one.campaign, one.ad)


def _key(row: AdSpend) -> tuple[Any, ...]:
    return (*_advertisement(row), row.term)


def _left_out(
    known: dict[tuple[Any, ...], AdSpend], wanted: dict[tuple[Any, ...], Told]
) -> list[UUID]:
    """What is known of the same advertisements on the same days, and was not told again."""
    same = {_advertisement(one) for one in wanted.values()}
    return [
        row.pk for key, row in known.items() if key not in wanted and _advertisement(row) in same
    ]


def _rows_like(told: Iterable[Told]) -> list[AdSpend]:
    """The known rows among which those of the same key are, locked in one order."""
    told = list(told)
    return list(
        AdSpend.objects.select_for_update()
        .filter(date__in={one.date for one in told}, source__in={one.source for one in told})
        .order_by("id")
    )


def _tell(told: list[Told], added: int, restated: int, by: By, *, removed: int = 0) -> None:
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
            "removed": removed,
        },
    )

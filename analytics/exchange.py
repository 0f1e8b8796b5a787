"""Money of other currencies, and spend without VAT, as the workspace counts them.

Revenue is converted by the rate of the day it was won or paid, spend by that of its own day
and both stay known: a deal and a row of spend keep what they were told.
"""

from bisect import bisect_right
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Case, DecimalField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from analytics.models import ExchangeRate, ReportSettings
from events import types
from events.journal import record
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require
from workspaces.scope import current_scope, current_workspace_id
from workspaces.zones import workspace_in_scope

_MONEY: Final = DecimalField(max_digits=18, decimal_places=2)
_LARGEST: Final = Decimal(10) ** 9
_FEW_RATES: Final = 60


def set_rate(
    *, currency: str, since: date, rate: Decimal | None, by: Membership | ApiToken
) -> ExchangeRate | None:
    """Say what a unit of a currency is worth from a day on; without a rate that day's is taken
    back. What was won and spent since is counted anew. Raises `ValidationError`."""
    require(by, Verb.WRITE_SPEND)
    currency = currency.strip().upper()
    if currency == workspace_in_scope().currency:
        raise ValidationError({"currency": _("This is the company’s own currency.")})
    if len(currency) != 3 or not currency.isalpha() or not currency.isascii():
        raise ValidationError({"currency": _("A currency is needed: EUR.")})
    if rate is not None and not 0 < rate < _LARGEST:
        raise ValidationError({"rate": _("This rate is out of range.")})
    found: ExchangeRate | None = None
    if rate is None:
        ExchangeRate.objects.filter(currency=currency, since=since).delete()
    else:
        found, _made = ExchangeRate.objects.update_or_create(
            currency=currency, since=since, defaults={"rate": rate}
        )
    current_scope().memory.pop("exchange_rates", None)
    record(
        types.EXCHANGE_RATE_CHANGED,
        subject=("workspace", current_workspace_id()),
        by=by,
        data={"currency": currency, "since": since.isoformat(), "rate": rate and str(rate)},
    )
    return found


def converted(amount: int | None, currency: str, on: date) -> tuple[int | None, str]:
    """An amount and its currency as reports count them: in the workspace's, where a rate of that
    day is known."""
    own = workspace_in_scope().currency
    if amount is None or currency == own:
        return amount, currency
    known = rates().get(currency, [])
    place = bisect_right(known, on, key=lambda one: one[0])
    if place == 0:
        return amount, currency
    return round(amount * known[place - 1][1]), own


def rates() -> dict[str, list[tuple[date, Decimal]]]:
    """What a unit is worth in the company's, by currency, the earliest first; read once in each
    scope."""
    memory = current_scope().memory
    if "exchange_rates" not in memory:
        found: dict[str, list[tuple[date, Decimal]]] = {}
        for one in ExchangeRate.objects.order_by("since"):
            found.setdefault(one.currency, []).append((one.since, one.rate))
        memory["exchange_rates"] = found
    known: dict[str, list[tuple[date, Decimal]]] = memory["exchange_rates"]
    return known


def countable(currency: str) -> Q:
    """The rows of spend that can be counted in this currency."""
    return Q(currency__in=[currency, workspace_in_scope().currency, *rates()])


def counted(currency: str, *, with_vat: bool = True) -> Any:
    """`cost` of rows of spend in this currency, with VAT: null where the day has no rate."""
    own = workspace_in_scope().currency
    cost: Any = F("cost")
    vat = ReportSettings.objects.values_list("vat_rate", flat=True).first()
    if with_vat and vat:
        cost = Case(
            When(vat_included=False, then=F("cost") * Value(1 + vat)), default=F("cost"),
            output_field=_MONEY,
        )  # fmt: skip
    if currency == own and not rates():
        return cost
    in_own = Case(
        When(currency=own, then=cost),
        default=Round(cost * _rate_of(OuterRef("currency")), precision=2),
        output_field=_MONEY,
    )
    if currency == own:
        return in_own
    return Case(
        When(currency=currency, then=cost),
        default=Round(in_own / _rates_of(currency), precision=4),
        output_field=_MONEY,
    )


def _rates_of(currency: str) -> Any:
    """That of one currency, on the day of a row of spend. To look up each row's takes long: where
    there are few they are written down."""
    known = rates().get(currency, [])
    if not 0 < len(known) <= _FEW_RATES:
        return _rate_of(Value(currency))
    cases = [When(date__gte=since, then=Value(rate)) for since, rate in reversed(known)]
    return Case(*cases, default=None, output_field=ExchangeRate._meta.get_field("rate"))


def _rate_of(currency: Any) -> Subquery:
    """That of the day of a row of spend."""
    known = ExchangeRate.objects.filter(currency=currency, since__lte=OuterRef("date"))
    return Subquery(known.order_by("-since").values("rate")[:1])

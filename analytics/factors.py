"""What reports have counted in the company's currency, told in another one.

Facts and rollups hold money in the company's currency wherever a rate of its day was known. To tell
it in another one it is divided by that one's rate of the day on which it counts; money that was in
that currency from the start and has no rate counts as it is. What cannot be converted stays out,
and the coverage says so: two currencies are never added up.
"""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, DecimalField, F, Q, Value, When
from django.utils import timezone

from analytics.exchange import rates
from analytics.models import Kind, Rollup
from workspaces.zones import local_day, workspace_in_scope

_FACTOR: Final = DecimalField(max_digits=24, decimal_places=12)


def choices() -> list[str]:
    """The currencies that reports can be told in, the company's own first."""
    own = workspace_in_scope().currency
    won = Rollup.objects.filter(cube="total", kind=Kind.WON).exclude(currency="")
    known = {*rates(), *won.order_by().values_list("currency", flat=True).distinct()}
    return [own, *sorted(known - {own})]


def factor(target: str, day: str) -> Any:
    """An expression over rows with `currency` and a day: what their money is multiplied by; null
    where it cannot be told in this currency."""
    own = workspace_in_scope().currency
    cases = [When(currency__in=["", target], then=Value(Decimal(1)))]
    if target != own:
        cases += [
            When(Q(currency=own, **{f"{day}__gte": since}), then=Value(1 / rate))
            for since, rate in reversed(rates().get(target, []))
        ]
    return Case(*cases, default=None, output_field=_FACTOR)


def in_currency(target: str, day: str, column: str) -> Any:
    """A column of money, in minor units, told in this currency."""
    if target == workspace_in_scope().currency:
        return Case(When(currency__in=["", target], then=F(column)), default=None)
    return F(column) * factor(target, day)


def tellable(target: str, day: str) -> Q:
    """The rows whose money can be told in this currency."""
    own = workspace_in_scope().currency
    found = Q(currency__in=["", target])
    known = rates().get(target, [])
    if target != own and known:
        found |= Q(currency=own, **{f"{day}__gte": known[0][0]})
    return found


def factor_sql(target: str, currency: str, day: str) -> tuple[str, dict[str, Any]]:
    """`factor` as SQL over two columns, with its parameters by name."""
    own = workspace_in_scope().currency
    values: dict[str, Any] = {"told_in": target, "told_own": own}
    cases = [f"when {currency} in ('', %(told_in)s) then 1::numeric"]
    if target != own:
        for place, (since, rate) in enumerate(reversed(rates().get(target, []))):
            values |= {f"told_since_{place}": since, f"told_rate_{place}": 1 / rate}
            cases.append(
                f"when {currency} = %(told_own)s and {day} >= %(told_since_{place})s"
                f" then %(told_rate_{place})s::numeric"
            )
    return f"(case {' '.join(cases)} end)", values


def today(target: str) -> dict[str, Decimal]:
    """What a unit of each currency is in this one by the rates of today; of deals that are open,
    and have no day of their own."""
    now, own = local_day(timezone.now()), workspace_in_scope().currency
    in_own = {own: Decimal(1)}
    for currency, known in rates().items():
        if (rate := _on(known, now)) is not None:
            in_own[currency] = rate
    if target not in in_own:
        return {target: Decimal(1)}
    return {**{one: rate / in_own[target] for one, rate in in_own.items()}, target: Decimal(1)}


def now_in(target: str, column: str) -> Any:
    """A column of money by the rates of today; null where there is none."""
    cases = [
        When(currency=currency, then=F(column) * Value(rate))
        for currency, rate in today(target).items()
    ]
    return Case(*cases, default=None, output_field=DecimalField(max_digits=30, decimal_places=8))


def _on(known: list[tuple[date, Decimal]], day: date) -> Decimal | None:
    found = [rate for since, rate in known if since <= day]
    return found[-1] if found else None

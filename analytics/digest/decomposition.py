"""Why revenue changed: by how many leads there were, how many of them bought, and for how much.

Revenue is leads times conversion times average ticket. Each factor's part is its average effect
over all orders in which the three could have changed (Shapley): no factor is favoured, and the
parts sum up to the change exactly, in minor units. What is no order's amount (refunds) is a part
of its own.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from typing import Final

FACTORS: Final = ("volume", "conversion", "ticket")


@dataclass(frozen=True)
class Sales:
    """What a period brought; money in minor units."""

    leads: int
    orders: int
    won: int
    refunds: int = 0

    @property
    def revenue(self) -> int:
        return self.won + self.refunds


def decompose(before: Sales, now: Sales) -> dict[str, int]:
    """The change of revenue by factor, in minor units; their sum is the change."""
    start, end = _factors(before, now), _factors(now, before)
    parts = dict.fromkeys(FACTORS, Fraction(0))
    orders = list(permutations(FACTORS))
    for order in orders:
        values = dict(start)
        for factor in order:
            known = _product(values)
            values[factor] = end[factor]
            parts[factor] += _product(values) - known
    found = _rounded({name: part / len(orders) for name, part in parts.items()})
    found["other"] = now.revenue - before.revenue - sum(found.values())
    return found


def _factors(one: Sales, other: Sales) -> dict[str, Fraction]:
    """A factor that a period does not know is what the other period had: without leads there is no
    conversion, and its absence is nobody's fault."""
    conversion, ticket = _conversion(one), _ticket(one)
    if conversion is None:
        conversion = _conversion(other) or Fraction(0)
    if ticket is None:
        ticket = _ticket(other) or Fraction(0)
    return {"volume": Fraction(one.leads), "conversion": conversion, "ticket": ticket}


def _conversion(one: Sales) -> Fraction | None:
    return Fraction(one.orders, one.leads) if one.leads else None


def _ticket(one: Sales) -> Fraction | None:
    return Fraction(one.won, one.orders) if one.orders else None


def _product(values: dict[str, Fraction]) -> Fraction:
    return values["volume"] * values["conversion"] * values["ticket"]


def _rounded(parts: dict[str, Fraction]) -> dict[str, int]:
    """Whole numbers whose sum is that of the parts, rounded: the largest rests are rounded up."""
    whole = {name: part.numerator // part.denominator for name, part in parts.items()}
    missing = round(sum(parts.values())) - sum(whole.values())
    rests = sorted(parts, key=lambda name: whole[name] - parts[name])
    for name in rests[:missing]:
        whole[name] += 1
    return whole

"""One metric: what it is, what it is made of, and what stands behind it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise

from analytics.facts.money import PER_UNIT
from analytics.metrics.cells import MEASURES, NOW, SPEND, Cell
from analytics.models import Kind
from analytics.rollups import histogram
from core.money import MoneyDocument, as_document

_DAY: Final = 86_400
_DIGITS: Final = 6


class Unit(StrEnum):
    """What a value is told in. Ratios are fractions, scores are marks from 1 to 5."""

    MONEY = "money"
    COUNT = "count"
    RATIO = "ratio"
    SECONDS = "seconds"
    DAYS = "days"
    SCORE = "score"


@dataclass(frozen=True)
class Percentile:
    """A share of a histogram's values that lie below the metric."""

    kind: str
    share: float
    column: str = "seconds"


@dataclass(frozen=True)
class Metric:
    """A sum of `numerator`, or its ratio to `denominator`, or a percentile; or what a report counts
    itself, in the words of `counted_as`.

    `definition` and `label` are words for people, `formula` names measures. `kinds` are the facts
    behind a cell. `base` tells by which day it is counted: `birth` follows the report's date base,
    `event` is always the day of the event, `now` is the state of this moment. `better` says whether
    more of it is good news, or less; nothing where it depends. `version` counts the definitions
    that the key has had.
    """

    key: str
    unit: Unit
    label: str | Promise
    definition: str | Promise
    reports: tuple[str, ...]
    numerator: str = ""
    denominator: str = ""
    percentile: Percentile | None = None
    counted_as: str = ""
    kinds: tuple[str, ...] = ()
    base: str = "birth"
    attributed: bool = False
    better: str = ""
    version: int = 1

    @property
    def formula(self) -> str:
        """In names of measures."""
        if self.counted_as:
            return self.counted_as
        if self.percentile is not None:
            name = "median" if self.percentile.share == 0.5 else f"p{self.percentile.share:.0%}"
            return f"{name.rstrip('%')}({self.percentile.kind}.{self.percentile.column})"
        if self.denominator:
            return f"{self.numerator} / {self.denominator}"
        return self.numerator

    @property
    def behind(self) -> tuple[str, ...]:
        """The kinds of facts that a cell of it is made of."""
        if self.kinds:
            return self.kinds
        if self.percentile is not None:
            return (self.percentile.kind,)
        if self.counted_as:
            return ()
        kinds = {kind for kind, _ in MEASURES[self.numerator] if kind in Kind.values}
        if not kinds and self.denominator:
            kinds = {kind for kind, _ in MEASURES[self.denominator] if kind in Kind.values}
        return tuple(sorted(kinds))

    def is_of(self, what: str) -> bool:
        """Whether its numerator is made of nothing else: of spend, of this moment."""
        terms = MEASURES.get(self.numerator, {})
        return bool(terms) and all(kind == what for kind, _ in terms)

    @property
    def is_summed(self) -> bool:
        """Whether it is made of sums and histograms, for any group of any day."""
        return not self.counted_as

    @property
    def opens(self) -> bool:
        """Whether there are rows behind a cell of it to show."""
        return bool(self.behind) or self.is_of(NOW) or self.is_of(SPEND)

    def value(self, cell: Cell, currency: str) -> Any:
        """As the API tells it: null where the denominator is zero."""
        if self.percentile is not None:
            return self._percentile(cell)
        number = cell.measure(self.numerator)
        below = cell.measure(self.denominator) if self.denominator else 1
        if below <= 0:
            return None
        if self.unit == Unit.MONEY:
            return _money(number, below, currency)
        return _rounded(number / below, is_whole=self.unit == Unit.COUNT)

    def as_document(self) -> dict[str, Any]:
        """How a report introduces it."""
        return {
            "key": self.key,
            "unit": self.unit.value,
            "label": str(self.label),
            "definition": str(self.definition),
            "formula": self.formula,
            "base": self.base,
            "attributed": self.attributed,
            "better": self.better,
            "version": self.version,
        }

    def _percentile(self, cell: Cell) -> float | None:
        assert self.percentile is not None
        counts = cell.histograms.get((self.percentile.kind, self.percentile.column), 0)
        found = histogram.percentile(counts, self.percentile.share)
        if found is None:
            return None
        return round(found / _DAY if self.unit == Unit.DAYS else found, _DIGITS)


def _money(number: float, below: float, currency: str) -> MoneyDocument | None:
    """A quotient of minor units, to a cent."""
    if isinstance(number, int) and isinstance(below, int):
        # Nearly always, and a large table has tens of thousands of amounts.
        cents = (2 * abs(number) + below) // (2 * below)
        sign = "-" if number < 0 and cents else ""
        whole, rest = divmod(cents, PER_UNIT)
        return {"amount": f"{sign}{whole}.{rest:02}", "currency": currency}
    # A model counts in millionths: what their sum has beyond is the machine's.
    quotient = Decimal(str(number)) / Decimal(str(round(below, _DIGITS)))
    return as_document(quotient / PER_UNIT, currency)


def _rounded(number: float, *, is_whole: bool) -> int | float:
    rounded = round(number, _DIGITS)
    return int(rounded) if is_whole and rounded == int(rounded) else rounded

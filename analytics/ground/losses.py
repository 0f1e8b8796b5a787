"""Where money was lost, as both departments read it: side by side, each number opens its deals."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from analytics.metrics import Unit
from analytics.pages.asking import Asked
from analytics.pages.losses import FAULT_WORDS, SIDE_WORDS
from analytics.pages.words import value_words
from analytics.reports.grouping import unknown
from analytics.reports.losses import SIDES, Loss, lost
from core.money import as_document
from crm.models import LossReason

METRIC: Final = "lost_money"
# So many parts of a side are named; the rest is in its sum.
MOST_PARTS: Final = 4
# What tells the parts of a side apart.
_PARTS: Final[dict[str, str]] = {
    "source": "source", "handling": "fault", "both": "fault", "offer": "loss_reason",
    "undecided": "fault",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    label: str
    deals: int
    money: str
    address: str


@dataclass(frozen=True)
class Side:
    """`width` is of a bar of 100; `is_estimate` where a deal has no amount of its own."""

    key: str
    label: str
    deals: int
    money: str
    address: str
    width: float
    is_estimate: bool
    parts: list[Part] = field(default_factory=list)


def sides(asked: Asked) -> list[Side] | None:
    """Those that lost something, in their order; None where there are too many deals to ask."""
    found = lost(asked.question)
    if found is None:
        return None
    sums = {key: [one for one in found if one.side == key] for key in SIDES}
    most = max((_money(some) for some in sums.values()), default=Decimal(0)) or Decimal(1)
    names = _reasons(found)
    return [
        Side(
            key,
            str(SIDE_WORDS[key]),
            sum(one.deals for one in some),
            _words(asked, some),
            asked.behind(METRIC, {"side": key}),
            round(float(_money(some) / most) * 100, 1),
            any(one.is_estimate for one in some),
            _parts(asked, key, some, names),
        )
        for key, some in sums.items()
        if some
    ]


def _parts(asked: Asked, side: str, some: list[Loss], names: dict[Any, str]) -> list[Part]:
    column = _PARTS[side]
    told: dict[str, Callable[[Any], str]] = {
        "source": lambda value: value or unknown("source"),
        "fault": lambda value: str(FAULT_WORDS[value]),
        "loss_reason": lambda value: names.get(value, "") or unknown("loss_reason"),
    }
    groups: dict[Any, list[Loss]] = {}
    for one in some:
        groups.setdefault(getattr(one, column), []).append(one)
    parts = [
        Part(
            told[column](value),
            sum(one.deals for one in group),
            _words(asked, group),
            asked.behind(METRIC, {"side": side, column: _plain(value)}),
        )
        for value, group in sorted(groups.items(), key=lambda pair: -_money(pair[1]))
    ]
    return parts[:MOST_PARTS]


def _plain(value: Any) -> str | None:
    return str(value) if value else None


def _money(some: Iterable[Loss]) -> Decimal:
    return sum((one.money for one in some), Decimal(0))


def _words(asked: Asked, some: Iterable[Loss]) -> str:
    amount = _money(some).quantize(Decimal(1))
    return value_words(as_document(amount, asked.question.currency), Unit.MONEY)


def _reasons(found: Iterable[Loss]) -> dict[Any, str]:
    ids = {one.loss_reason for one in found if one.loss_reason}
    return dict(LossReason.objects.filter(pk__in=ids).values_list("pk", "name"))

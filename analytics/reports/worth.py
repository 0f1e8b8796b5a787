"""What a lead is worth while nobody knows: its amount, else what leads of its source bring."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from analytics.facts.money import PER_UNIT
from analytics.metrics import Cell, metric
from analytics.models import Base
from analytics.reports.collecting import collect
from analytics.reports.grouping import DIMENSIONS, Grouping
from analytics.reports.question import Question
from crm.models import Deal
from workspaces.zones import local_day, workspace_in_scope

USUAL_DAYS: Final = 180


class Worth:
    """Reads the revenue per lead of each source once."""

    def __init__(self) -> None:
        today = local_day(timezone.now())
        self.currency = workspace_in_scope().currency
        question = Question(
            first=today - timedelta(days=USUAL_DAYS - 1),
            last=today,
            grouping=Grouping((DIMENSIONS["source"],)),
            currency=self.currency,
            base=Base.BIRTH,
        )
        cells = collect(question, [metric("leads"), metric("revenue")])
        total = Cell()
        for cell in cells.values():
            total.merge(cell)
        self._usual = {key[0] or "": _per_lead(cell) for key, cell in cells.items()}
        self._of_any = _per_lead(total)

    def usual(self, source: str) -> Decimal:
        """What a lead of a source brings, in the workspace's currency."""
        return self._usual.get(source) or self._of_any

    def of(self, deal: Deal) -> tuple[Decimal, bool]:
        """In the workspace's currency, and whether it is an estimate."""
        if deal.amount is not None and deal.currency == self.currency:
            return deal.amount, False
        return self.usual(deal.source), True

    def most(self, deals: Iterable[Deal], count: int) -> list[Deal]:
        """Those that are worth most, the most expensive first."""
        return sorted(deals, key=lambda deal: -self.of(deal)[0])[:count]


def _per_lead(cell: Cell) -> Decimal:
    """Average ticket times conversion: revenue divided by leads, in the main unit."""
    leads = cell.measure("leads")
    if not leads:
        return Decimal(0)
    revenue = Decimal(str(cell.measure("revenue"))) / Decimal(str(leads)) / PER_UNIT
    return revenue.quantize(Decimal(1))

"""Columns of the board: their cards, counts and sums, and where deals end."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum, Value

from crm.board.cards import Card, Row, rows, with_extras
from crm.models import Deal, Group, Payment, Pipeline, Stage
from workspaces.zones import moments

PAGE: Final = 80  # cards of a column at a time


@dataclass(slots=True)
class Total:
    """How many deals, and what they come to in the pipeline's currency."""

    count: int = 0
    amount: Decimal | None = None


@dataclass(slots=True)
class Column:
    """A stage with the first of its cards."""

    stage: Stage
    total: Total
    cards: list[Card] = field(default_factory=list)
    onward: int | None = None
    is_folded: bool = False

    @property
    def more(self) -> str:
        """Where the next cards begin; empty when all are there."""
        is_full = self.cards and len(self.cards) < self.total.count
        return self.cards[-1].cursor if is_full else ""


def totals(deals: QuerySet[Deal], pipeline: Pipeline) -> dict[UUID, Total]:
    """By stage: the open deals, and those that came to an outcome this month, less what went back
    in it of won ones, as plans and reports count. One query."""
    own = Q(currency=pipeline.currency)
    columns = ("stage_id", "count", "total")
    # Of "*": the index has all that is summed, and no id.
    is_open, is_closed = (
        part.order_by()
        .values("stage_id")
        .annotate(count=Count("*"), total=Sum("amount", filter=own))
        .values_list(*columns)
        for part in (
            deals.filter(status=Deal.Status.OPEN),
            deals.filter(closed_at__gte=month_begins()),
        )
    )
    won = deals.filter(status=Deal.Status.WON).order_by().values("pk")
    refunds = Payment.objects.filter(
        own, amount__lt=0, paid_on__gte=moments().today.replace(day=1), deal__in=won
    )
    returned = (
        refunds.order_by()
        .values(stage_id=F("deal__stage_id"))
        .annotate(count=Value(0), total=Sum("amount"))
        .values_list(*columns)
    )
    found: dict[UUID, Total] = {}
    for stage_id, count, amount in is_open.union(is_closed, returned, all=True):
        total = found.setdefault(stage_id, Total())
        total.count += count
        if amount is not None:
            total.amount = (total.amount or Decimal(0)) + amount
    return found


def month_begins() -> datetime:
    """The first moment of the month, in the zone of the workspace."""
    now = moments()
    return now.begins(now.today.replace(day=1))


def first_cards(deals: QuerySet[Deal], stages: list[Stage]) -> dict[UUID, list[Card]]:
    """The first page of each stage's cards: one query for all columns, two for their extras."""
    if not stages:
        return {}
    ordered = rows(deals.in_column_order())  # type: ignore[attr-defined]
    parts = [ordered.filter(stage_id=stage.pk)[:PAGE] for stage in stages]
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    by_stage: dict[UUID, list[Card]] = {stage.pk: [] for stage in stages}
    for card in with_extras(Row(*row) for row in found):
        by_stage[card.row.stage_id].append(card)
    for cards in by_stage.values():
        cards.sort(key=lambda card: card.key)
    return by_stage


def more_cards(
    deals: QuerySet[Deal], stage: Stage, after: tuple[str, UUID]
) -> tuple[list[Card], bool]:
    """The cards after a place, and whether there are still others."""
    position, key = after
    beyond = Q(position__gt=position) | Q(position=position, pk__gt=key)
    there = deals.filter(beyond, stage=stage).in_column_order()  # type: ignore[attr-defined]
    found = list(rows(there)[: PAGE + 1])
    cards = with_extras(Row(*row) for row in found[:PAGE])
    return cards, len(found) > PAGE


def split(stages: list[Stage]) -> tuple[list[Stage], list[Stage]]:
    """The stages that are columns, and the outcomes."""
    columns = [stage for stage in stages if stage.group == Group.ACTIVE]
    order = [Group.WON, Group.LOST, Group.NOT_A_LEAD]
    ends = [stage for stage in stages if stage.group != Group.ACTIVE]
    return columns, sorted(ends, key=lambda stage: order.index(Group(stage.group)))

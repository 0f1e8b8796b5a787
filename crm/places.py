"""Where a card goes in its column of the board."""

from typing import Any
from uuid import UUID

from core import positions
from crm.models import Deal, Stage
from events import types
from events.journal import SYSTEM, record


def place(
    stage: Stage,
    *,
    before: UUID | None = None,
    after: UUID | None = None,
    moving: Deal | None = None,
) -> str:
    """The position right before or right after a card; without either, on top of the column.

    Neighbours that are gone by now, or in another column, count as not named.
    """
    column = Deal.objects.filter(stage=stage)
    if moving is not None:
        column = column.exclude(pk=moving.pk)
    found = _between(column, before, after)
    if positions.is_crowded(found):
        spread(stage)
        found = _between(column, before, after)
    return found


def spread(stage: Stage) -> None:
    """Give the whole column fresh, short positions, in the order it has. Open boards start anew:
    what they know of the column's places is worth nothing now."""
    deals = list(
        Deal.objects.filter(stage=stage).in_column_order().select_for_update(no_key=True).only("id")
    )
    for deal, position in zip(deals, positions.several(len(deals)), strict=True):
        deal.position = position
    Deal.objects.bulk_update(deals, ["position"], batch_size=1000)
    record(
        types.PIPELINE_CHANGED,
        subject=stage.pipeline,
        by=SYSTEM,
        data={"spread_stage": str(stage.pk)},
    )


def _between(column: Any, before: UUID | None, after: UUID | None) -> str:
    order = column.in_column_order()
    if after is not None and (found := column.filter(pk=after).first()):
        below = order.filter(position__gt=found.position).values_list("position", flat=True).first()
        return positions.between(found.position, below)
    if before is not None and (found := column.filter(pk=before).first()):
        above = order.filter(position__lt=found.position).values_list("position", flat=True).last()
        return positions.between(above, found.position)
    return positions.between(None, order.values_list("position", flat=True).first())

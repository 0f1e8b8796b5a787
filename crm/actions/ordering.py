"""Putting things into an order that people drag them about in."""

from typing import Any
from uuid import UUID

from core import positions


def put_beside(thing: Any, others: Any, *, before: UUID | None, after: UUID | None) -> None:
    """Give a thing the position right before or right after one of the others, which are a query
    of its neighbours; at the end without either, or when the neighbour is gone."""
    # The whole list is held: two who put things into one gap wait for each other.
    rows = list(others.select_for_update(no_key=True).order_by("position", "id"))
    rows = [row for row in rows if row.pk != thing.pk]
    at = len(rows)
    for index, row in enumerate(rows):
        if row.pk == after:
            at = index + 1
        elif row.pk == before and after is None:
            at = index
    above = rows[at - 1].position if at else None
    below = rows[at].position if at < len(rows) else None
    if above is not None and below is not None and above >= below:
        put_in_order([*rows[:at], thing, *rows[at:]])
        return
    position = positions.between(above, below)
    if positions.is_crowded(position):
        put_in_order([*rows[:at], thing, *rows[at:]])
        return
    thing.position = position
    thing.save(update_fields=["position"])


def put_in_order(things: list[Any]) -> None:
    """Give all of them fresh positions, in the order given."""
    for thing, position in zip(things, positions.several(len(things)), strict=True):
        if thing.position != position:
            thing.position = position
            thing.save(update_fields=["position"])

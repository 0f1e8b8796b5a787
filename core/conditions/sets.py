"""Conditions that rows of other tables answer, and how several of them are asked together.

PostgreSQL joins each EXISTS with the rows that are asked for, so that of two it looks up all of
these that one of them names before it comes to the other. Sets that are joined with each other
first leave few to be looked up.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q


class Among(Exists):
    """Whether a row is one of those that `rows` name in their `column`.

    Rows that ask further rows are `nested`: others are asked of them before they do.
    """

    def __init__(self, rows: Any, column: str, *, nested: bool = False) -> None:
        super().__init__(rows.filter(**{column: OuterRef("pk")}))
        self.rows, self.column, self.nested = rows, column, nested

    def within(self, other: Among) -> Exists:
        """The same, asked of what the rows of another set name."""
        return Exists(self.rows.filter(**{self.column: OuterRef(other.column)}))


def joined(condition: Q) -> Q:
    """The same condition, the sets that it requires or excludes joined with each other first."""
    required, excluded, rest = _parts(condition)
    if len(required) + len(excluded) < 2 or not required:
        return condition
    first, *others = sorted(required, key=lambda each: not each.nested)
    rows = first.rows.filter(
        *(other.within(first) for other in others), *(~other.within(first) for other in excluded)
    )
    return rest & Q(pk__in=rows.values(first.column))


def _parts(condition: Q) -> tuple[list[Among], list[Among], Q]:
    """Sets that a condition requires, sets that it excludes, what else it asks."""
    only: Any = condition.children[0] if len(condition.children) == 1 else None
    if isinstance(only, Among):
        return ([], [only], Q()) if condition.negated else ([only], [], Q())
    required: list[Among] = []
    excluded: list[Among] = []
    if condition.negated or condition.connector != Q.AND or not isinstance(only, Q | None):
        return required, excluded, condition
    rest = Q()
    for child in condition.children:
        more, less, other = _parts(child if isinstance(child, Q) else Q(child))
        required += more
        excluded += less
        rest &= other
    return required, excluded, rest

"""Places in an order that people drag things about in.

A position is a text between its neighbours' texts, compared by bytes (columns have the collation
"C"), so that a move writes one row and the others stay as they are. Two things that were put
between the same neighbours at once may share a position; their ids then tell the order.
"""

from __future__ import annotations

from typing import Final

from fractional_indexing import generate_key_between, generate_n_keys_between

# Always dropping into the same gap makes positions longer, a letter for about six moves. One that
# is longer than this is a sign to spread its list anew, once in hundreds of such moves.
LONGEST: Final = 60


def between(before: str | None, after: str | None) -> str:
    """A position after `before` and before `after`; None is the end of the list on that side.

    Neighbours that share a position or stand the wrong way round leave no place between them: the
    new one then goes right after `before`.
    """
    if before is not None and after is not None and before >= after:
        after = None
    made: str = generate_key_between(before, after)
    return made


def is_crowded(position: str) -> bool:
    """Whether the list should be spread anew with `several`."""
    return len(position) > LONGEST


def several(count: int, before: str | None = None, after: str | None = None) -> list[str]:
    """So many positions in order, evenly spread between two others."""
    made: list[str] = generate_n_keys_between(before, after, n=count)
    return made

"""The one order of a sent message's statuses.

News of a message comes late, doubled and out of order; whichever order it comes in, the end must be
the same. So a status only ever rises:
queued < sending < unknown < sent < failed < delivered < read.
`failed` stands below `delivered`: a message that was seen on the other side did not fail, and one
that failed was perhaps taken by the platform first. A retry is no news but a new attempt: it starts
from the bottom by an agent's will.
"""

from typing import Final

from inbox.models.message import Status

ORDER: Final = (
    Status.QUEUED,
    Status.SENDING,
    Status.UNKNOWN,
    Status.SENT,
    Status.FAILED,
    Status.DELIVERED,
    Status.READ,
)
_RANKS: Final = {str(status): rank for rank, status in enumerate(ORDER)}
_SQL_ORDER: Final = "array[{}]".format(", ".join(f"'{status.value}'" for status in ORDER))

IN_FLIGHT: Final = frozenset({Status.QUEUED, Status.SENDING})
RETRIABLE: Final = frozenset({Status.FAILED, Status.UNKNOWN})
# The customer has it, or may well have it.
REACHED: Final = frozenset({Status.UNKNOWN, Status.SENT, Status.DELIVERED, Status.READ})


def rises(current: str, news: str) -> bool:
    """Whether the news changes anything. A status outside the order (received) never changes."""
    return str(current) in _RANKS and _RANKS.get(str(news), -1) > _RANKS[str(current)]


def below(status: str) -> list[str]:
    """The statuses of what has left us that rise to this one."""
    return [str(lower) for lower in ORDER if lower in REACHED and rises(lower, status)]


def highest(*statuses: str) -> str:
    """The status that these, heard in any order, end in."""
    return max(statuses, key=lambda status: _RANKS[str(status)])


def rank_sql(expression: str) -> str:
    """SQL: the rank of a status, NULL outside the order. Compare two of them with `<`.

    `expression` is SQL of ours, never a value.
    """
    return f"array_position({_SQL_ORDER}, ({expression})::text)"


def rises_sql(current: str, news: str) -> str:
    """SQL: the twin of `rises`, never NULL."""
    return f"coalesce({rank_sql(news)} > {rank_sql(current)}, false)"

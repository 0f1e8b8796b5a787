"""The hours of a week as places of a histogram: any cube that knows a filter knows its hours."""

from collections.abc import Iterator
from typing import Final

from analytics.rollups import histogram

_DAY: Final = 24
# Where a moment belongs, by the company's clock: the first hour of Monday is 0.
HOUR_SQL: Final = (
    "(extract(isodow from {0} at time zone %(zone)s)::int - 1) * 24"
    " + extract(hour from {0} at time zone %(zone)s)::int"
)


def hours_of(counts: int) -> Iterator[tuple[int, int, int]]:
    """The hours in which something was: day of the week (1 is Monday), hour, and how many."""
    for place, count in histogram.counts(counts):
        yield place // _DAY + 1, place % _DAY, count

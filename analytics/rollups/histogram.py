"""Sparse log histograms of seconds: percentiles that can be merged.

Bucket i holds what lies in (GAMMA ** (i - 1), GAMMA ** i], so any value in it is told with at most
2 % of error. Averages and medians of medians are never merged; histograms are, exactly.
"""

from collections.abc import Mapping
from math import ceil, log
from typing import Final

ERROR: Final = 0.02
GAMMA: Final = (1 + ERROR) / (1 - ERROR)
# What is shorter counts as nothing.
SHORTEST: Final = 0.001
NOTHING: Final = -100_000

# The same as `bucket`, for the column `{0}`.
BUCKET_SQL: Final = (
    f"case when {{0}} < {SHORTEST} then {NOTHING} else ceil(ln({{0}}) / {log(GAMMA)!r})::int end"
)


def bucket(seconds: float) -> int:
    """Where a value belongs."""
    return NOTHING if seconds < SHORTEST else ceil(log(seconds) / log(GAMMA))


def value(place: int) -> float:
    """The value that a bucket is told by: as far from its lower end as from its upper one."""
    return 0.0 if place == NOTHING else float(2 * GAMMA**place / (GAMMA + 1))


def merge(into: dict[int, int], histogram: Mapping[str, int]) -> None:
    """Add a stored histogram to one in memory."""
    for place, count in histogram.items():
        into[int(place)] = into.get(int(place), 0) + count


def percentile(histogram: Mapping[int, int], share: float) -> float | None:
    """The smallest value that `share` of the values do not exceed; None of none."""
    total = sum(histogram.values())
    if not total:
        return None
    rank, seen = max(1, ceil(total * share)), 0
    for place in sorted(histogram):
        seen += histogram[place]
        if seen >= rank:
            return value(place)
    return None

"""Medians from counts: a log histogram whose buckets are 4 % wide, so that a value that is read
from it is told with at most 2 % of error. Averages and medians of medians are never merged;
histograms are, exactly.

In memory a histogram is one whole number: 32 bits for each bucket, the lowest ones for the
shortest. Two are merged by adding them, at the speed of the machine. Stored it is bytes: the place
of the lowest bucket (2 bytes), how many bytes a count has (1 or 4), and the counts from the highest
bucket down.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from math import ceil, log
from struct import Struct
from typing import Final

ERROR: Final = 0.02
GAMMA: Final = (1 + ERROR) / (1 - ERROR)
# What is shorter counts as nothing.
SHORTEST: Final = 0.001
NOTHING: Final = -200
EMPTY: Final = b""
_HEAD: Final = Struct(">hB")
_BITS: Final = 32

# The same as `bucket`, for the column `{0}`.
BUCKET_SQL: Final = (
    f"case when {{0}} < {SHORTEST} then {NOTHING} else ceil(ln({{0}}) / {log(GAMMA)!r})::int end"
)
# What `place` and `times` add to the stored form: the count, and nothing for each bucket down to
# `below`, the next that has something. `most` is the greatest count of the whole.
PIECE_SQL: Final = """
    case when most < 256 then substring(int4send(times::int) from 4) else int4send(times::int) end
        || decode(repeat('00', (case when most < 256 then 1 else 4 end)
            * (place - coalesce(below, place - 1) - 1)), 'hex')
"""
# What stands before these pieces.
HEAD_SQL: Final = """
    int2send(min({place})::int2) || case when max({most}) < 256 then '\\x01'::bytea
        else '\\x04'::bytea end
"""


def bucket(seconds: float) -> int:
    """Where a value belongs."""
    return NOTHING if seconds < SHORTEST else ceil(log(seconds) / log(GAMMA))


def value(place: int) -> float:
    """The value that a bucket is told by: as far from its lower end as from its upper one."""
    return 0.0 if place == NOTHING else float(2 * GAMMA**place / (GAMMA + 1))


def of_values(values: list[float]) -> int:
    """The histogram of some values."""
    return sum(1 << _BITS * (bucket(one) - NOTHING) for one in values)


def unpack(stored: bytes | memoryview) -> int:
    """A histogram as it is stored."""
    if not stored:
        return 0
    lowest, width = _HEAD.unpack_from(stored)
    counts = stored[_HEAD.size :]
    if width == 1:
        wide = bytearray(4 * len(counts))
        wide[3::4] = counts
        counts = wide
    return int.from_bytes(counts, "big") << _BITS * (lowest - NOTHING)


def percentile(histogram: int, share: float) -> float | None:
    """The smallest value that `share` of the values do not exceed; None of none."""
    if not histogram:
        return None
    lowest, counts = _counts(histogram)
    sums = list(accumulate(counts))
    rank = max(1, ceil(sums[-1] * share))
    return value(bisect_left(sums, rank) + lowest)


def counts(histogram: int) -> Iterator[tuple[int, int]]:
    """Its buckets that have something, the lowest first, and how much."""
    if histogram:
        lowest, found = _counts(histogram)
        yield from ((place, count) for place, count in enumerate(found, lowest) if count)


def _counts(histogram: int) -> tuple[int, "array[int]"]:
    """The place of the first bucket that has something, and the counts from there on."""
    # What is below the first value need not be counted.
    lowest = ((histogram & -histogram).bit_length() - 1) // _BITS
    histogram >>= lowest * _BITS
    size = (histogram.bit_length() + _BITS - 1) // _BITS * 4
    found = array("I", histogram.to_bytes(size, sys.byteorder))
    if sys.byteorder == "big":
        found.reverse()
    return lowest + NOTHING, found

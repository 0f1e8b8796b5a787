"""Versions of a broadcast's words, tried on parts of the audience.

Who gets which follows from their id and the broadcast's, so that it is the same however often the
audience is made. Of a hundred hundredths the first `winner.share` percent are divided by weight;
the rest waits for the winner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

HUNDREDTHS: Final = 10_000
ALONE: Final = "a"
METRICS: Final = ("read", "answered", "clicked")


@dataclass(frozen=True, slots=True)
class Slice:
    """A variant's part of the audience: places from `start` to before `end` of HUNDREDTHS."""

    key: str
    start: int
    end: int


def slices(variants: Sequence[Mapping[str, Any]], winner: Mapping[str, Any] | None) -> list[Slice]:
    """Each variant's part, in order; what none covers waits for the winner."""
    if not variants:
        return [Slice(ALONE, 0, HUNDREDTHS)]
    whole = HUNDREDTHS * int(winner["share"]) // 100 if winner else HUNDREDTHS
    total = sum(int(variant.get("weight", 1)) for variant in variants)
    found, weight = [], 0
    for variant in variants:
        start = whole * weight // total
        weight += int(variant.get("weight", 1))
        found.append(Slice(str(variant["key"]), start, whole * weight // total))
    return found


def best(results: Sequence[tuple[str, int, int]]) -> str:
    """Of (key, sent, successes) the key with the highest rate; of equals the first."""
    key, highest = results[0][0], -1.0
    for name, sent, successes in results:
        rate = successes / sent if sent else 0.0
        if rate > highest:
            key, highest = name, rate
    return key


def percents(variants: Sequence[Mapping[str, Any]]) -> list[int]:
    """Each variant's weight as a whole percentage; together they make 100."""
    weights = [int(variant.get("weight", 1)) for variant in variants]
    total, found, given = sum(weights), [], 0
    for number, _weight in enumerate(weights):
        upto = round(100 * sum(weights[: number + 1]) / total)
        found.append(upto - given)
        given = upto
    return found

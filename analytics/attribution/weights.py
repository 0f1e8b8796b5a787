"""The models, pure: how much of a deal each of its touches gets.

| model | |
| --- | --- |
| first | all to the first touch |
| last | all to the last |
| last_non_direct | all to the last that has an origin, else to the last |
| linear | the same to each |
| u_shape | 40 % to the first, 40 % to the last, 20 % among those between; two share |
| time_decay | half as much for each week before the deal, `2 ** (-age / 7 days)` |
"""

from collections.abc import Sequence
from datetime import timedelta
from math import floor
from typing import Final, Literal

Model = Literal["first", "last", "last_non_direct", "linear", "u_shape", "time_decay"]

MODELS: Final[tuple[Model, ...]] = (
    "last_non_direct",
    "first",
    "last",
    "linear",
    "u_shape",
    "time_decay",
)
DEFAULT: Final[Model] = "last_non_direct"
HALF_LIFE: Final = timedelta(days=7)
_ENDS, _MIDDLE = 0.4, 0.2


def weights(model: Model, ages: Sequence[timedelta], direct: Sequence[bool]) -> list[float]:
    """The share of each touch, the earliest first; they sum to 1. `ages` before the deal, `direct`
    whether a touch has no origin."""
    count = len(ages)
    if model == "linear":
        return [1 / count] * count
    if model == "time_decay":
        decayed = [2 ** -(age / HALF_LIFE) for age in ages]
        return [one / sum(decayed) for one in decayed]
    if model == "u_shape" and count > 2:
        between = [_MIDDLE / (count - 2)] * (count - 2)
        return [_ENDS, *between, _ENDS]
    if model == "u_shape":
        return [1 / count] * count
    chosen = 0 if model == "first" else count - 1
    if model == "last_non_direct":
        named = [place for place, is_direct in enumerate(direct) if not is_direct]
        chosen = named[-1] if named else count - 1
    return [1.0 if place == chosen else 0.0 for place in range(count)]


def credits(total: int, shares: Sequence[float]) -> list[int]:
    """A whole number divided by shares so that the parts sum to it exactly: what is left over goes
    to the largest remainders, the earlier of equal ones."""
    exact = [total * share for share in shares]
    parts = [floor(round(one, 6)) for one in exact]
    order = sorted(range(len(exact)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts

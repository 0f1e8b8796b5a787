"""How many calls of one lane are under way at once.

A platform works on some calls at the same time; more of them only wait, in its queue or in ours,
and all that wait on the wire are in doubt when the process dies. So a lane looks at what a call
takes now and what it takes at best, as TCP Vegas does with packets: what is longer is waiting.
"""

from math import ceil
from statistics import median
from typing import Final

FEWEST: Final = 2
MOST: Final = 48
# Times differ by themselves: so much more than a platform's rate needs is no waiting.
SPARE: Final = 1.5
# Of so many calls a lane may have one or two waiting.
LEAST_WAITING: Final = 1.0
MOST_WAITING: Final = 2.0
LOOKED_AT: Final = 16
# The best is forgotten after so many looks: platforms change.
LOOKS: Final = 200


class Width:
    """As wide as it pays. `rate` is what the platform takes in a second, 0 when it names none: as
    many as that needs may be under way in any case."""

    def __init__(self, rate: float = 0.0) -> None:
        self.most, self.rate = 4, rate
        self._best = self._next_best = float("inf")
        self._looks = 0
        self._taken: list[float] = []
        self._was_full = False

    def is_full(self, under_way: int) -> bool:
        """Whether another call must wait."""
        full = under_way >= self.most
        self._was_full |= full
        return full

    def note(self, seconds: float) -> None:
        """A call took so long."""
        self._taken.append(seconds)
        if len(self._taken) < LOOKED_AT:
            return
        usual, best = median(self._taken), min(self._taken)
        self._taken.clear()
        self._remember(best)
        waiting = self.most * (1 - self._best / usual) if usual > 0 else 0.0
        needed = min(MOST, max(FEWEST, ceil(self.rate * usual * SPARE)))
        if waiting > MOST_WAITING:
            self.most -= 1
        elif waiting < LEAST_WAITING and self._was_full:
            self.most = min(MOST, self.most + 1)
        self.most = max(needed, self.most)
        self._was_full = False

    def _remember(self, best: float) -> None:
        self._best, self._next_best = min(self._best, best), min(self._next_best, best)
        self._looks += 1
        if self._looks >= LOOKS:
            self._looks = 0
            self._best, self._next_best = self._next_best, float("inf")

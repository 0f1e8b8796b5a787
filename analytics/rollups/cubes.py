"""Which dimensions rollups keep.

With all of them a rollup of deals is hardly smaller than its facts, and a year of it slow to read.
So each bucket is added up several times: with all dimensions, and with the few that most questions
ask for. A question reads the smallest cube that knows everything it speaks of.
"""

from collections.abc import Iterable
from typing import Final

from analytics.models import Kind
from analytics.models.dimensions import DIMENSIONS
from analytics.models.fact import OF_DEALS

FULL: Final = "full"
HOURS: Final = "hours"
_ALWAYS: Final = frozenset({"currency", "flag"})
_PEOPLE: Final = frozenset({"agent_id", "team_id", "channel_id", "pipeline_id"})
# The smallest first.
CUBES: Final[dict[str, frozenset[str]]] = {
    "source": _ALWAYS | {"source"},
    "people": _ALWAYS | _PEOPLE,
    "origin": _ALWAYS | {"source", "medium", "campaign", "ad"},
    FULL: frozenset(DIMENSIONS),
}
# By the hour of the day, of inquiries alone.
OF_HOURS: Final = _ALWAYS | {"team_id", "channel_id"}


def cubes_of(kind: str) -> dict[str, frozenset[str]]:
    """The cubes of a kind of facts, with the dimensions that each keeps."""
    if kind == Kind.STAGE:
        return {FULL: CUBES[FULL]}
    if kind in OF_DEALS:
        return CUBES
    if kind == Kind.INQUIRY:
        return {**CUBES, HOURS: OF_HOURS}
    return {FULL: CUBES[FULL]}


def cube_for(kinds: Iterable[str], columns: Iterable[str]) -> str:
    """The smallest cube that all these kinds have and that knows all these columns."""
    shared = [cubes_of(kind) for kind in kinds]
    wanted = set(columns) & set(DIMENSIONS)
    for name, kept in CUBES.items():
        if wanted <= kept and all(name in cubes for cubes in shared):
            return name
    return FULL

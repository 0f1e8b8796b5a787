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
KEYWORD: Final = "keyword"
# Grows when cubes change: rollups of another layout are built anew.
LAYOUT: Final = 2
HOURS: Final = "hours"
_ALWAYS: Final = frozenset({"currency", "flag"})
_PEOPLE: Final = frozenset({"agent_id", "team_id", "channel_id", "pipeline_id"})
_COMMON: Final[dict[str, frozenset[str]]] = {
    "total": _ALWAYS,
    "source": _ALWAYS | {"source"},
    "channel": _ALWAYS | {"channel_id"},
    "agent": _ALWAYS | {"agent_id"},
}
# The smallest first.
CUBES: Final[dict[str, frozenset[str]]] = {
    **_COMMON,
    "people": _ALWAYS | _PEOPLE,
    "origin": _ALWAYS | {"source", "medium", "campaign", "ad"},
    # Keywords are many and seldom asked for: all else does without them.
    FULL: frozenset(DIMENSIONS) - {"term"},
    KEYWORD: frozenset(DIMENSIONS),
}
# By the hour of the day, of inquiries alone.
OF_HOURS: Final = _ALWAYS | {"team_id", "channel_id"}

# Histograms of whole months that are over, each by one dimension: those of days, merged for a year,
# would be nearly as many numbers as there were facts. Their rows have the month's first day.
_MONTHLY: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (Kind.FIRST_REPLY, Kind.REPLY, Kind.RESOLUTION), ("agent_id", "channel_id", "team_id")
    ),
    Kind.WON: ("agent_id", "source", "pipeline_id", "team_id"),
    Kind.STAGE: ("stage_id",),
}


def monthly_of(kind: str) -> dict[str, frozenset[str]]:
    """The cubes of a kind's whole months, with the dimension that each keeps."""
    return {f"month {column}": frozenset({column}) for column in _MONTHLY.get(kind, ())}


def monthly_for(kind: str, columns: Iterable[str]) -> str | None:
    """The cube of whole months that knows these columns, if there is one."""
    wanted = set(columns) - {"month"}
    for name, kept in monthly_of(kind).items():
        if wanted <= kept:
            return name
    return None


def cubes_of(kind: str) -> dict[str, frozenset[str]]:
    """The cubes of a kind of facts, with the dimensions that each keeps."""
    if kind == Kind.STAGE:
        return {KEYWORD: CUBES[KEYWORD]}
    if kind in OF_DEALS:
        return CUBES
    if kind == Kind.INQUIRY:
        return {**CUBES, HOURS: OF_HOURS}
    return {**_COMMON, FULL: CUBES[FULL]}


def cube_for(kinds: Iterable[str], columns: Iterable[str]) -> str:
    """The smallest cube that all these kinds have and that knows all these columns; keywords only
    where the kinds have such, see `apart`."""
    shared = [cubes_of(kind) for kind in kinds]
    wanted = set(columns) & set(DIMENSIONS)
    for name, kept in CUBES.items():
        if wanted <= kept and all(name in cubes for cubes in shared):
            return name
    return FULL


def apart(kinds: Iterable[str], columns: Iterable[str]) -> list[set[str]]:
    """Kinds that can be read from one cube: where keywords are asked for, those that have none
    stand in a cube without them."""
    kinds = set(kinds)
    if "term" not in set(columns):
        return [kinds] if kinds else []
    keyed = {kind for kind in kinds if KEYWORD in cubes_of(kind)}
    return [some for some in (keyed, kinds - keyed) if some]

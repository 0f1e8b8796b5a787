"""Which dimensions rollups keep.

With all of them a rollup of deals is hardly smaller than its facts, and a year of it slow to read.
So each bucket is added up several times: with all dimensions, and with the few that most questions
ask for. Those few are also kept for whole months that are over, so that a year is twelve rows and
not 365. A question reads of each kind the smallest cube that knows everything it speaks of.
"""

from collections.abc import Iterable
from typing import Final

from analytics.attribution.weights import DEFAULT, MODELS, Model
from analytics.models import Kind
from analytics.models.dimensions import DIMENSIONS
from analytics.models.fact import OF_DEALS

# Grows when cubes change: rollups of another layout are built anew.
LAYOUT: Final = 3
FULL: Final = "full"
KEYWORD: Final = "keyword"
HOURS: Final = "hours"
HOURS_IN_PLACES: Final = "hours in places"
PATHS: Final = "paths"
_ALWAYS: Final = frozenset({"currency"})
_ORIGIN: Final = frozenset({"source", "medium", "campaign", "ad"})
_TERM: Final = "term"
_PEOPLE: Final = frozenset({"agent_id", "team_id", "channel_id", "pipeline_id"})
# The smallest first. These are kept for whole months too.
_SMALL: Final[dict[str, frozenset[str]]] = {
    "total": _ALWAYS,
    "pipeline": _ALWAYS | {"pipeline_id"},
    "team": _ALWAYS | {"team_id"},
    "channel": _ALWAYS | {"channel_id"},
    "source": _ALWAYS | {"source"},
    "stage": _ALWAYS | {"stage_id"},
    "reason": _ALWAYS | {"loss_reason_id"},
    "agent": _ALWAYS | {"agent_id"},
    "origin": _ALWAYS | _ORIGIN,
    _TERM: _ALWAYS | _ORIGIN | {_TERM},
}
_LARGE: Final[dict[str, frozenset[str]]] = {
    "people": _ALWAYS | _PEOPLE,
    # Keywords are many and seldom asked for: all else does without them.
    FULL: frozenset(DIMENSIONS) - {_TERM},
    KEYWORD: frozenset(DIMENSIONS),
}
CUBES: Final = _SMALL | _LARGE
_WITH_HOURS: Final[dict[str, frozenset[str]]] = {
    HOURS: frozenset(),
    HOURS_IN_PLACES: frozenset({"team_id", "channel_id"}),
}
# What facts of conversations never have is the same for all of them.
_OF_INQUIRIES: Final = _ORIGIN | {_TERM, "team_id", "channel_id"}
_OF_CHATS: Final = frozenset({"agent_id", "team_id", "channel_id"})
_ENDS: Final = frozenset({Kind.LOST, Kind.REJECTED})
# Kinds that a model divides among touches; by the usual one nothing is divided.
CREDITED: Final = frozenset(
    {
        *(Kind.LEAD, Kind.ACCEPTED, Kind.WON, Kind.LOST, Kind.REJECTED),
        *(Kind.REFUND, Kind.NEW_CUSTOMER),
    }
)
DIVIDING: Final[tuple[Model, ...]] = tuple(model for model in MODELS if model != DEFAULT)


def carried_by(kind: str) -> frozenset[str]:
    """The dimensions that facts of a kind can have."""
    if kind in OF_DEALS:
        return frozenset(DIMENSIONS) - (set() if kind in _ENDS else {"loss_reason_id"})
    return _OF_INQUIRIES if kind == Kind.INQUIRY else _OF_CHATS


def cubes_of(kind: str) -> dict[str, frozenset[str]]:
    """The cubes of a kind's days, with the dimensions that each keeps; the smallest first."""
    carried = carried_by(kind) | _ALWAYS
    largest = {FULL, KEYWORD} if _TERM in carried else {FULL}
    # A company has few pipelines: to know them all costs a small cube little.
    beside = frozenset({"pipeline_id"}) if kind in OF_DEALS else frozenset()
    return {
        name: kept if name == "total" else kept | beside
        for name, kept in CUBES.items()
        if (kept <= carried or name in largest)
        and (name not in _LARGE or name in largest or kind in OF_DEALS)
    }


def with_hours(kind: str) -> dict[str, frozenset[str]]:
    """The cubes of a kind's hours of the day."""
    return _WITH_HOURS if kind == Kind.INQUIRY else {}


def monthly_of(kind: str) -> dict[str, frozenset[str]]:
    """The cubes that are also kept for whole months, see `of_month`."""
    return {name: kept for name, kept in cubes_of(kind).items() if name in _SMALL}


def divided_of(kind: str) -> dict[str, frozenset[str]]:
    """The cubes in which each model divides a kind's credit: keywords would be too many."""
    return {name: kept for name, kept in monthly_of(kind).items() if name != _TERM}


def of_month(cube: str) -> str:
    """What a cube's rows of whole months go by; their day is the month's first."""
    return f"month {cube}"


def of_model(model: Model, cube: str) -> str:
    """What a cube goes by in which a model has divided credit."""
    return cube if model == DEFAULT else f"{model} {cube}"


def cube_for(kind: str, columns: Iterable[str], model: Model = DEFAULT) -> str | None:
    """The smallest cube of a kind that knows these columns, as far as the kind has them; None where
    credit is divided and no cube has kept it."""
    wanted = set(columns) & carried_by(kind)
    for name, kept in (cubes_of(kind) if model == DEFAULT else divided_of(kind)).items():
        if wanted <= kept:
            return name
    return None

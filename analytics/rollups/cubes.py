"""Which dimensions rollups keep.

With all of them a rollup of deals is hardly smaller than its facts, and a year of it slow to read.
So each bucket is added up several times: with nothing, with each dimension alone, with each two of
them together (what a filter asks for and what a table is grouped by) and with all. Months that are
over have rows of their own, so that a year is twelve rows and not 365. A question reads of each
kind the smallest cube that knows everything it speaks of.

Of chats there are many facts and few combinations: two dimensions together are kept of each day,
all of them of months too. Of deals it is the other way round: two together are kept of months
alone, whose days are read from the cube that keeps all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Final, Literal

from analytics.attribution.weights import DEFAULT, MODELS, Model
from analytics.models import Kind
from analytics.models.dimensions import DIMENSIONS
from analytics.models.fact import OF_DEALS

Grain = Literal["day", "month"]
DAY: Final[Grain] = "day"
MONTH: Final[Grain] = "month"
Cubes = dict[str, frozenset[str]]

# Grows when cubes change: rollups of another layout are built anew.
LAYOUT: Final = 6
TOTAL: Final = "total"
FULL: Final = "full"
KEYWORD: Final = "keyword"
PATHS: Final = "paths"


@dataclass(frozen=True)
class Axis:
    """Dimensions that go together. `size`: how many values a company has, about, as a power of
    two: of two cubes that know enough the smaller one is read."""

    name: str
    columns: frozenset[str]
    size: int


_ALWAYS: Final = frozenset({"currency"})
_ORIGIN: Final = frozenset({"source", "medium", "campaign", "ad"})
# A source has one medium, or a few.
_SOURCE: Final = Axis("source", frozenset({"source", "medium"}), 4)
# A keyword is told with what it was shown for, an advertisement with its campaign and source.
_ADVERTISEMENT: Final = Axis("origin", _ORIGIN, 8)
_TERM: Final = Axis("term", _ORIGIN | {"term"}, 12)
_PIPELINE: Final = Axis("pipeline", frozenset({"pipeline_id"}), 1)
_AXES: Final = (
    Axis("team", frozenset({"team_id"}), 2),
    Axis("channel", frozenset({"channel_id"}), 3),
    Axis("stage", frozenset({"stage_id"}), 3),
    Axis("reason", frozenset({"loss_reason_id"}), 3),
    _SOURCE,
    Axis("agent", frozenset({"agent_id"}), 5),
    _ADVERTISEMENT,
    _TERM,
)
# What facts of conversations never have is the same for all of them.
_OF_INQUIRIES: Final = _TERM.columns | {"team_id", "channel_id"}
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


@cache
def cubes_of(kind: str, grain: Grain = DAY) -> Cubes:
    """The cubes of a kind's days, or of its months that are over, with the dimensions that each
    keeps; the smallest first."""
    found = [("total", 0, frozenset[str]()), *_alone(kind), *_together(kind, grain)]
    carried = carried_by(kind)
    is_of_deals = kind in OF_DEALS
    # Neither is smaller than its facts where these are of deals.
    if grain == DAY or not is_of_deals:
        found.append((FULL, 50, carried - {"term"}))
    # Keywords are many and seldom asked for: all else does without them.
    if grain == DAY and "term" in carried:
        found.append((KEYWORD, 60, carried))
    # A company has few pipelines: to know them all costs a small cube little.
    beside = _ALWAYS | (_PIPELINE.columns if is_of_deals else frozenset())
    return {
        name: kept | (_ALWAYS if name == TOTAL else beside)
        for name, _size, kept in sorted(found, key=lambda one: one[1])
    }


@cache
def divided_of(kind: str, grain: Grain = DAY) -> Cubes:
    """The cubes in which each model divides a kind's credit: each dimension alone, and of months
    keywords too, and sources with each other dimension. All of it would be too many."""
    wanted = {name for name, _size, _kept in _alone(kind)} | {TOTAL}
    if grain == DAY:
        wanted.remove(_TERM.name)
    else:
        wanted |= {
            name for name, _size, kept in _together(kind, grain)
            if kept > _SOURCE.columns and not kept > _ORIGIN
        }  # fmt: skip
    return {name: kept for name, kept in cubes_of(kind, MONTH).items() if name in wanted}


@cache
def paths_of_deals() -> Cubes:
    """The cubes of the stages that deals have been in: of all entries, and of those alone that have
    the same value of an axis; the smallest first."""
    axes = [one for one in sorted(_AXES, key=lambda one: one.size) if one.name != "reason"]
    return {PATHS: frozenset(), **{f"{PATHS} {one.name}": one.columns for one in axes}}


def path_for(columns: Iterable[str]) -> str | None:
    """The smallest cube of paths that knows these columns, as far as entries have them."""
    wanted = set(columns) & carried_by(Kind.STAGE)
    return next((name for name, kept in paths_of_deals().items() if wanted <= kept), None)


def of_month(cube: str) -> str:
    """What a cube's rows of whole months go by; their day is the month's first."""
    return f"month {cube}"


def of_model(model: Model, cube: str) -> str:
    """What a cube goes by in which a model has divided credit."""
    return cube if model == DEFAULT else f"{model} {cube}"


def cube_for(
    kind: str, columns: Iterable[str], grain: Grain = DAY, model: Model = DEFAULT
) -> str | None:
    """The smallest cube of a kind that knows these columns, as far as the kind has them; None where
    none of this grain does, or none in which the model has divided credit."""
    wanted = set(columns) & carried_by(kind)
    for name, kept in (
        cubes_of(kind, grain) if model == DEFAULT else divided_of(kind, grain)
    ).items():
        if wanted <= kept:
            return name
    return None


def _alone(kind: str) -> list[tuple[str, int, frozenset[str]]]:
    axes = (_PIPELINE, *_AXES)
    return [(one.name, one.size, one.columns) for one in axes if one.columns <= carried_by(kind)]


def _together(kind: str, grain: Grain) -> list[tuple[str, int, frozenset[str]]]:
    """Each two, as far as they are fewer than their facts."""
    if kind in OF_DEALS and grain == DAY:
        return []
    is_sparse = kind in OF_DEALS or grain == DAY
    axes = [
        one for one in _AXES
        if one.columns <= carried_by(kind) and not (is_sparse and one is _TERM)
    ]  # fmt: skip
    return [
        (f"{one.name} {other.name}", one.size + other.size, one.columns | other.columns)
        for one, other in combinations(axes, 2)
        # One is a part of the other.
        if not one.columns & other.columns
    ]

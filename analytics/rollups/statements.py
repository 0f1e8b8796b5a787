"""The SQL that adds facts up: one statement for all cubes of a kind, of days, of months, or both.

Sums and two histograms are each grouped by themselves and then laid together: nothing is joined.
The rows go by no id, so the database makes them.
"""

from collections.abc import Sequence
from typing import Any, Final, Literal

from analytics.attribution.crediting import columns, credits_of, parameters_of_credits
from analytics.models import Kind
from analytics.models.dimensions import DIMENSIONS
from analytics.rollups.cubes import (
    CREDITED,
    DAY,
    DIVIDING,
    MONTH,
    Cubes,
    cubes_of,
    divided_of,
    of_month,
    paths_of_deals,
)
from analytics.rollups.histogram import BUCKET_SQL, HEAD_SQL, PIECE_SQL
from analytics.rollups.hours import HOUR_SQL

Grain = Literal["days", "months", "both"]
DAYS: Final[Grain] = "days"
MONTHS: Final[Grain] = "months"
BOTH: Final[Grain] = "both"
# Those with a histogram: of seconds, and of inquiries of the hour at which they came.
TIMED: Final = frozenset(
    {
        Kind.INQUIRY,
        *(Kind.FIRST_REPLY, Kind.REPLY, Kind.RESOLUTION),
        *(Kind.JUDGED, Kind.ANSWERED, Kind.SETTLED),
        *(Kind.STAGE, Kind.WON, Kind.LOST, Kind.REJECTED, Kind.NEW_CUSTOMER),
    }
)
_TEXTS: Final = frozenset({"source", "medium", "campaign", "ad", "term", "currency"})
_TYPES: Final = {
    "day": "date",
    "month": "date",
    **dict.fromkeys(_TEXTS, "text"),
}
# By what rows can be grouped; a cube leaves most of it out.
_KEYS: Final = ("day", "month", *DIMENSIONS)
_SUMS: Final = (
    *("n", "flagged", "amount", "cost", "amounts", "costs", "seconds", "business_seconds"),
)
_INTO: Final = (
    "insert into analytics_rollup (id, workspace_id, created_at, version, base, kind, cube, day,"
    f" {', '.join(DIMENSIONS)}, {', '.join(_SUMS)}, histogram, business_histogram)"
)
_ROW: Final = ", ".join(
    [
        *("gen_random_uuid()", "%(workspace)s", "now()", "%(version)s", "%(base)s", "%(kind)s"),
        *("cube", "coalesce(day, month)"),
        *(f"coalesce({one}, '')" if one in _TEXTS else one for one in DIMENSIONS),
    ]
)
# A month that is not over yet has no row of its own.
_OVER: Final = "(month is null or %(until)s::date is null or month < %(until)s)"
# What is read together stands together.
_NEIGHBOURS: Final = "order by cube, coalesce(day, month)"
_ADDED: Final = """
    sum(n)::bigint as n, coalesce(sum(n) filter (where flag), 0)::bigint as flagged,
    coalesce(sum(amount), 0)::bigint as amount, coalesce(sum(cost), 0)::bigint as cost,
    {amounts} as amounts, {costs} as costs,
    coalesce(sum(seconds), 0) as seconds, coalesce(sum(business_seconds), 0) as business_seconds
"""
_FACTS: Final = """
    with facts as materialized (
        select {day} as day, date_trunc('month', {day})::date as month,
            {dimensions}, n, flag, amount, cost, seconds, business_seconds,
            {place} as place, {business_place} as business_place
        from analytics_fact where {condition}
    )
"""
_UNTIMED: Final = f"""
    {_INTO}
    {{facts}}
    select {_ROW}, {", ".join(_SUMS)}, ''::bytea, ''::bytea
    from (
        select {{cube}} as cube, {{keys}}, {{added}} from {{source}} group by {{sets}}
    ) rows where {_OVER} {_NEIGHBOURS}
"""
_HISTOGRAM: Final = f"""
    select *, max(times) over keys as most, lag(place) over (keys order by place) as below
    from (
        select {{cube}} as cube, {{keys}}, {{which}} as which, {{place}} as place,
            count(*) as times
        from facts where {{place}} is not null group by {{sets}}
    ) counted where {_OVER} window keys as (partition by cube, {", ".join(_KEYS)})
"""
_TIMED: Final = f"""
    {_INTO}
    {{facts}}, places as ({{histogram}} union all {{business_histogram}}),
    parts as (
        select {{cube}} as cube, {{keys}}, 0 as which, null::int as place,
            null::bigint as times, null::bigint as most, null::int as below, {{added}}
        from facts group by {{sets}}
        union all
        select cube, {", ".join(_KEYS)}, which, place, times, most, below,
            0, 0, 0, 0, 0, 0, 0, 0 from places
    )
    select {_ROW}, {", ".join(f"sum({one})" for one in _SUMS)}, {{packed}}, {{business_packed}}
    from parts where {_OVER} group by cube, {", ".join(_KEYS)} {_NEIGHBOURS}
"""
# Of each deal the set of stages that it has been in. Their order may change, so it is read later.
_PATHS: Final = f"""
    {_INTO[:-1]}, stages)
    with facts as materialized (
        select {{day}} as day, deal_id, {", ".join(DIMENSIONS)}
        from analytics_fact where {{condition}} and stage_id is not null
    )
    select {_ROW}, count(*), 0, 0, 0, 0, 0, 0, 0, ''::bytea, ''::bytea, stages
    from (
        select {{cube}} as cube, {{keys}}, array_agg(distinct stage_id order by stage_id) as stages
        from facts group by {{sets}}
    ) one
    group by cube, {", ".join(_KEYS)}, stages {_NEIGHBOURS}
"""


def plain(kind: str, moment: str, day: str, condition: str, grain: Grain) -> str:
    """Facts as they are, for all cubes of a kind; `day` and `condition` are SQL over facts."""
    sets = _Sets(grain, cubes_of(kind, DAY), cubes_of(kind, MONTH))
    is_of_hours = kind == Kind.INQUIRY
    facts = _FACTS.format(
        day=day,
        dimensions=", ".join(DIMENSIONS),
        place=HOUR_SQL.format(moment) if is_of_hours else BUCKET_SQL.format("seconds"),
        business_place=BUCKET_SQL.format("business_seconds"),
        condition=condition,
    )
    parts = {
        "facts": facts,
        "source": "facts",
        "cube": sets.cube,
        "keys": sets.keys,
        "sets": sets.sql(),
        "added": _ADDED.format(amounts="count(amount)", costs="count(cost)"),
    }
    if kind not in TIMED:
        return _UNTIMED.format(**parts)
    return _TIMED.format(
        **parts,
        histogram=_places(sets, 1, "place"),
        business_histogram=_places(sets, 2, "business_place"),
        packed=_packed(1),
        business_packed=_packed(2),
    )


def divided(kind: str, day: str, condition: str, grain: Grain) -> tuple[str, dict[str, Any]]:
    """The same as each model divides it among touches, and what else the statement is given."""
    assert kind in CREDITED
    names = ", ".join(f"{day} as local_day" if one == "local_day" else one for one in columns())
    prefix = credits_of(f"select {names} from analytics_fact where {condition}", DIVIDING)
    facts = f"""{prefix}, facts_of_models as (
        select *, local_day as day, date_trunc('month', local_day)::date as month,
            0 as seconds, 0 as business_seconds
        from credited
    )"""
    sets = _Sets(grain, divided_of(kind, DAY), divided_of(kind, MONTH), "model")
    count = "coalesce(sum(n) filter (where {} is not null), 0)::bigint"
    statement = _UNTIMED.format(
        facts=facts,
        source="facts_of_models",
        cube=sets.cube,
        keys=sets.keys,
        sets=sets.sql("model"),
        added=_ADDED.format(amounts=count.format("amount"), costs=count.format("cost")),
    )
    return statement, parameters_of_credits()


def paths(day: str, condition: str) -> str:
    """Deals of a day by the stages that they have been in."""
    sets = _Sets(DAYS, paths_of_deals(), {})
    return _PATHS.format(
        day=day, condition=condition, cube=sets.cube, keys=sets.keys, sets=sets.sql("deal_id")
    )


class _Sets:
    """Grouping sets, and by which bits of `grouping()` a row knows its cube."""

    def __init__(self, grain: Grain, days: Cubes, months: Cubes, model: str = "") -> None:
        found: Cubes = {}
        if grain != MONTHS:
            found |= {name: kept | {"day"} for name, kept in days.items()}
        if grain != DAYS:
            found |= {of_month(name): kept | {"month"} for name, kept in months.items()}
        self._found = found
        used = [key for key in _KEYS if any(key in kept for kept in found.values())]
        cases = " ".join(f"when {_mask(used, kept)} then '{name}'" for name, kept in found.items())
        name = f"(case grouping({', '.join(used)}) {cases} end)"
        self.cube = f"{model} || ' ' || {name}" if model else name
        self.keys = ", ".join(
            key if key in used else f"null::{_TYPES.get(key, 'uuid')} as {key}" for key in _KEYS
        )

    def sql(self, *also: str) -> str:
        """`grouping sets (...)`, each with some more columns."""
        listed = ", ".join(
            f"({', '.join([*(key for key in _KEYS if key in kept), *also])})"
            for kept in self._found.values()
        )
        return f"grouping sets ({listed})"


def _mask(used: Sequence[str], kept: frozenset[str]) -> int:
    """A bit for each key that is left out, the last key's the lowest."""
    return sum(1 << place for place, key in enumerate(reversed(used)) if key not in kept)


def _places(sets: _Sets, which: int, place: str) -> str:
    return _HISTOGRAM.format(
        cube=sets.cube, keys=sets.keys, which=which, place=place, sets=sets.sql(place)
    )


def _packed(which: int) -> str:
    mine = f"filter (where which = {which})"
    head = HEAD_SQL.format(
        place=f"case when which = {which} then place end",
        most=f"case when which = {which} then most end",
    )
    return (
        f"coalesce(({head}) || string_agg({PIECE_SQL}, ''::bytea order by place desc) {mine},"
        " ''::bytea)"
    )

"""Facts into rollups: always a whole bucket, in one transaction."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from analytics.models import Base, DirtyBucket, Kind, Rollup
from analytics.models.dimensions import DIMENSIONS
from analytics.models.fact import OF_DEALS
from analytics.rollups import state
from analytics.rollups.cubes import HOURS, cubes_of, monthly_of
from analytics.rollups.histogram import BUCKET_SQL
from workspaces.scope import current_workspace_id

_NOTHING: Final = {
    **dict.fromkeys(DIMENSIONS, "null::uuid"),
    **dict.fromkeys(("source", "medium", "campaign", "ad", "term", "currency"), "''"),
    "flag": "null::boolean",
}
_MOMENT: Final = {Base.EVENT: "at", Base.BIRTH: "born_at"}
# Sums and two histograms, each grouped by itself and then laid together: nothing is joined. The
# rows need no order, so the database makes their ids.
_BUILD: Final = """
    with parts as (
        select {day} as day, {hour} as hour, {columns}, 0 as which, 0 as place, 0::bigint as times,
            sum(n) as n, coalesce(sum(amount), 0) as amount, coalesce(sum(cost), 0) as cost,
            count(amount) as amounts, count(cost) as costs,
            coalesce(sum(seconds), 0) as seconds,
            coalesce(sum(business_seconds), 0) as business_seconds
        from analytics_fact where {condition} group by {places}
        union all
        select {day} as day, {hour} as hour, {columns}, 1, {place} as place, count(*),
            0, 0, 0, 0, 0, 0, 0
        from analytics_fact where {condition} and seconds is not null
        group by {histogram_places}
        union all
        select {day} as day, {hour} as hour, {columns}, 2, {business_place} as place, count(*),
            0, 0, 0, 0, 0, 0, 0
        from analytics_fact where {condition} and business_seconds is not null
        group by {histogram_places}
    )
    insert into analytics_rollup (id, workspace_id, created_at, version, base, kind, cube, {group},
        n, amount, cost, amounts, costs, seconds, business_seconds, histogram, business_histogram)
    select gen_random_uuid(), %(workspace)s, now(), %(version)s, %(base)s, %(kind)s, %(cube)s,
        {group},
        sum(n)::bigint, sum(amount)::bigint, sum(cost)::bigint, sum(amounts)::bigint,
        sum(costs)::bigint, sum(seconds), sum(business_seconds),
        coalesce(jsonb_object_agg(place, times) filter (where which = 1), '{{}}'),
        coalesce(jsonb_object_agg(place, times) filter (where which = 2), '{{}}')
    from parts group by {group}
"""
_BUILD_UNTIMED: Final = """
    insert into analytics_rollup (id, workspace_id, created_at, version, base, kind, cube, {group},
        n, amount, cost, amounts, costs, seconds, business_seconds, histogram, business_histogram)
    select gen_random_uuid(), %(workspace)s, now(), %(version)s, %(base)s, %(kind)s, %(cube)s,
        one.*,
        '{{}}', '{{}}'
    from (
        select {day} as day, {hour} as hour, {columns}, sum(n)::bigint,
            coalesce(sum(amount), 0)::bigint, coalesce(sum(cost), 0)::bigint,
            count(amount), count(cost), 0, 0
        from analytics_fact where {condition} group by {places}
    ) one
"""
TIMED: Final = (
    *(Kind.FIRST_REPLY, Kind.REPLY, Kind.RESOLUTION),
    *(Kind.JUDGED, Kind.ANSWERED, Kind.SETTLED),
    *(Kind.STAGE, Kind.WON, Kind.LOST, Kind.REJECTED, Kind.NEW_CUSTOMER),
)


def build_bucket(day: date, base: str, kind: str) -> None:
    """Compute one bucket anew. The version is held by the caller."""
    bucket = {"version": state.current().version, "base": base, "kind": kind}
    Rollup.objects.filter(day=day, **bucket).delete()
    start, end = state.bounds(day, day)
    moment = _MOMENT[Base(base)]
    span = f"{moment} >= %(start)s and {moment} < %(end)s"
    if base == Base.EVENT and kind in {Kind.PAYMENT, Kind.REFUND}:
        span = "on_day = %(day)s"
    values = {**bucket, "start": start, "end": end, "day": day}
    for cube, kept in cubes_of(kind).items():
        _run(base, kind, span, values, cube, kept)


def build_month(month: date, base: str, kind: str) -> None:
    """Compute the histograms of a whole month anew. The version is held by the caller."""
    cubes = monthly_of(kind)
    bucket = {"version": state.current().version, "base": base, "kind": kind}
    Rollup.objects.filter(day=month, cube__in=list(cubes), **bucket).delete()
    start, end = state.bounds(month, next_month(month) - timedelta(days=1))
    moment = _MOMENT[Base(base)]
    values = {**bucket, "start": start, "end": end}
    for cube, kept in cubes.items():
        _run(base, kind, f"{moment} >= %(start)s and {moment} < %(end)s", values, cube, kept)


def next_month(month: date) -> date:
    """The first day of the month after that of a day."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def build_all(base: str, kind: str, version: int, zone: str, months_until: date) -> None:
    """Compute all days of a kind for a version that is not in force yet, and the months before a
    day."""
    span = "true" if base == Base.EVENT else "born_at is not null"
    values = {"version": version, "base": base, "kind": kind, "zone": zone}
    for cube, kept in cubes_of(kind).items():
        _run(base, kind, span, values, cube, kept)
    before = f"{span} and {_MOMENT[Base(base)]} < %(until)s"
    until = datetime.combine(months_until, time(), ZoneInfo(zone))
    for cube, kept in monthly_of(kind).items():
        _run(base, kind, before, {**values, "until": until}, cube, kept)


def bases_of(kind: str) -> Iterable[str]:
    """By which days a kind is counted."""
    return (Base.EVENT, Base.BIRTH) if kind in OF_DEALS else (Base.EVENT,)


def dirty(first: date | None = None, last: date | None = None) -> list[DirtyBucket]:
    """What has changed since it was computed, of a span of days; locked, in everybody's order."""
    found = DirtyBucket.objects.select_for_update().order_by("day", "base", "kind")
    if first is not None and last is not None:
        found = found.filter(day__gte=first, day__lte=last)
    return list(found)


def _run(
    base: str, kind: str, span: str, values: dict[str, Any], cube: str, kept: frozenset[str]
) -> None:
    moment = _MOMENT[Base(base)]
    zone = values.setdefault("zone", state.current().time_zone)
    day = f"({moment} at time zone %(zone)s)::date"
    if base == Base.EVENT:
        day = f"coalesce(on_day, {day})"
    if cube in monthly_of(kind):
        day = f"date_trunc('month', {day})::date"
    hour = "null::smallint"
    if cube == HOURS:
        hour = f"extract(hour from {moment} at time zone %(zone)s)::smallint"
    group = ["day", "hour", *DIMENSIONS]
    # By place: a dimension that is left out has the name of the fact's column.
    places = ", ".join(str(place + 1) for place in range(len(group)))
    statement = _BUILD if kind in TIMED else _BUILD_UNTIMED
    parts = {
        "day": day,
        "hour": hour,
        "columns": ", ".join(
            name if name in kept else f"{_NOTHING[name]} as {name}" for name in DIMENSIONS
        ),
        "group": ", ".join(group),
        "places": places,
        "histogram_places": f"{places}, {len(group) + 2}",
        "place": BUCKET_SQL.format("seconds"),
        "business_place": BUCKET_SQL.format("business_seconds"),
        "condition": "workspace_id = %(workspace)s and kind = %(kind)s and voided_at is null"
        f" and {span}",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(**parts),
            {
                **values,
                "zone": zone,
                "workspace": current_workspace_id(),
                "cube": cube,
            },
        )

"""Facts into rollups: always a whole bucket, in one transaction."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db import connection

from analytics.models import Base, DirtyBucket, Kind, Rollup
from analytics.models.dimensions import DIMENSIONS
from analytics.models.fact import OF_DEALS
from analytics.rollups import state
from analytics.rollups.histogram import BUCKET_SQL
from workspaces.scope import current_workspace_id

BY_HOUR: Final = (Kind.INQUIRY, Kind.MESSAGE_IN, Kind.MESSAGE_OUT)
_COLUMNS: Final = ", ".join(DIMENSIONS)
_MOMENT: Final = {Base.EVENT: "at", Base.BIRTH: "born_at"}
# Grouped twice: by bucket of the histogram, then by the dimensions. gen_random_uuid: rows that are
# computed again and again need no order.
_BUILD: Final = """
    with counted as (
        select {day} as day, {hour} as hour, {columns}, sum(n)::bigint as n,
            coalesce(sum(amount), 0)::bigint as amount, coalesce(sum(cost), 0)::bigint as cost,
            count(amount) as amounts, count(cost) as costs,
            coalesce(sum(seconds), 0) as seconds,
            coalesce(sum(business_seconds), 0) as business_seconds
        from analytics_fact where {condition} group by {group}
    ), plain as (
        select {group}, jsonb_object_agg(place, times) as histogram from (
            select {day} as day, {hour} as hour, {columns}, {place} as place, count(*) as times
            from analytics_fact where {condition} and seconds is not null
            group by {group}, place
        ) one group by {group}
    ), working as (
        select {group}, jsonb_object_agg(place, times) as histogram from (
            select {day} as day, {hour} as hour, {columns}, {business_place} as place,
                count(*) as times
            from analytics_fact where {condition} and business_seconds is not null
            group by {group}, place
        ) one group by {group}
    )
    insert into analytics_rollup (id, workspace_id, created_at, version, base, kind, {group},
        n, amount, cost, amounts, costs, seconds, business_seconds, histogram, business_histogram)
    select gen_random_uuid(), %(workspace)s, now(), %(version)s, %(base)s, %(kind)s, {counted},
        c.n, c.amount, c.cost, c.amounts, c.costs, c.seconds, c.business_seconds,
        coalesce(p.histogram, '{{}}'), coalesce(w.histogram, '{{}}')
    from counted c
    left join plain p on {same_p}
    left join working w on {same_w}
"""
_BUILD_UNTIMED: Final = """
    insert into analytics_rollup (id, workspace_id, created_at, version, base, kind, {group},
        n, amount, cost, amounts, costs, seconds, business_seconds, histogram, business_histogram)
    select gen_random_uuid(), %(workspace)s, now(), %(version)s, %(base)s, %(kind)s, one.*,
        '{{}}', '{{}}'
    from (
        select {day} as day, {hour} as hour, {columns}, sum(n)::bigint,
            coalesce(sum(amount), 0)::bigint, coalesce(sum(cost), 0)::bigint,
            count(amount), count(cost), 0, 0
        from analytics_fact where {condition} group by {group}
    ) one
"""
TIMED: Final = (
    *(Kind.FIRST_REPLY, Kind.REPLY, Kind.RESOLUTION),
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
    _run(base, kind, span, {**bucket, "start": start, "end": end, "day": day})


def build_all(base: str, kind: str, version: int, zone: str) -> None:
    """Compute all days of a kind for a version that is not in force yet."""
    span = "true" if base == Base.EVENT else "born_at is not null"
    _run(base, kind, span, {"version": version, "base": base, "kind": kind, "zone": zone})


def bases_of(kind: str) -> Iterable[str]:
    """By which days a kind is counted."""
    return (Base.EVENT, Base.BIRTH) if kind in OF_DEALS else (Base.EVENT,)


def dirty(first: date | None = None, last: date | None = None) -> list[DirtyBucket]:
    """What has changed since it was computed, of a span of days; locked, in everybody's order."""
    found = DirtyBucket.objects.select_for_update().order_by("day", "base", "kind")
    if first is not None and last is not None:
        found = found.filter(day__gte=first, day__lte=last)
    return list(found)


def _run(base: str, kind: str, span: str, values: dict[str, Any]) -> None:
    moment = _MOMENT[Base(base)]
    zone = values.setdefault("zone", state.current().time_zone)
    day = f"({moment} at time zone %(zone)s)::date"
    if base == Base.EVENT:
        day = f"coalesce(on_day, {day})"
    hour = "null::smallint"
    if kind in BY_HOUR:
        hour = f"extract(hour from {moment} at time zone %(zone)s)::smallint"
    group = ["day", "hour", *DIMENSIONS]
    statement = _BUILD if kind in TIMED else _BUILD_UNTIMED
    parts = {
        "day": day,
        "hour": hour,
        "columns": _COLUMNS,
        "group": ", ".join(group),
        "counted": ", ".join(f"c.{name}" for name in group),
        "same_p": _same("p", group),
        "same_w": _same("w", group),
        "place": BUCKET_SQL.format("seconds"),
        "business_place": BUCKET_SQL.format("business_seconds"),
        "condition": "workspace_id = %(workspace)s and kind = %(kind)s and voided_at is null"
        f" and {span}",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(**parts),
            {**values, "zone": zone, "workspace": current_workspace_id()},
        )


def _same(alias: str, group: list[str]) -> str:
    left = ", ".join(f"c.{name}" for name in group)
    right = ", ".join(f"{alias}.{name}" for name in group)
    return f"({left}) is not distinct from ({right})"

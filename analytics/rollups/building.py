"""Facts into rollups: always a whole bucket, in one transaction."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from analytics.models import Base, Kind, Rollup
from analytics.models.fact import OF_DAYS, OF_DEALS
from analytics.rollups import state, statements
from analytics.rollups.cubes import CREDITED, of_month
from workspaces.scope import current_workspace_id

MOMENT: Final = {Base.EVENT: "at", Base.BIRTH: "born_at"}


def build_bucket(day: date, base: str, kind: str) -> None:
    """Compute one bucket anew. The version is held by the caller."""
    version = state.current().version
    known = Rollup.objects.filter(version=version, base=base, kind=kind, day=day)
    known.exclude(cube__contains=of_month("")).delete()
    _build(base, kind, *_span(base, kind, day, day), statements.DAYS)


def build_month(month: date, base: str, kind: str) -> None:
    """Compute a whole month anew. The version is held by the caller."""
    version = state.current().version
    known = Rollup.objects.filter(version=version, base=base, kind=kind, day=month)
    known.filter(cube__contains=of_month("")).delete()
    last = next_month(month) - timedelta(days=1)
    _build(base, kind, *_span(base, kind, month, last), statements.MONTHS)


def next_month(month: date) -> date:
    """The first day of the month after that of a day."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def build_all(base: str, kind: str, version: int, zone: str, months_until: date) -> None:
    """Compute all days of a kind for a version that is not in force yet, and the months before a
    day."""
    span = "true" if base == Base.EVENT else "born_at is not null"
    values = {"version": version, "zone": zone, "until": months_until}
    _build(base, kind, span, values, statements.BOTH)


def bases_of(kind: str) -> Iterable[str]:
    """By which days a kind is counted."""
    return (Base.EVENT, Base.BIRTH) if kind in OF_DEALS else (Base.EVENT,)


def _span(base: str, kind: str, first: date, last: date) -> tuple[str, dict[str, Any]]:
    """Which facts belong to some days, as SQL, and what it wants to be given."""
    start, end = state.bounds(first, last)
    current = state.current()
    values = {
        "start": start,
        "end": end,
        "first": first,
        "last": last,
        "version": current.version,
        "zone": current.time_zone,
        "until": None,
    }
    if base == Base.EVENT and kind in OF_DAYS:
        return "on_day >= %(first)s and on_day <= %(last)s", values
    moment = MOMENT[Base(base)]
    return f"{moment} >= %(start)s and {moment} < %(end)s", values


def _build(
    base: str, kind: str, span: str, values: dict[str, Any], grain: statements.Grain
) -> None:
    given = {**values, "workspace": current_workspace_id(), "base": base, "kind": kind}
    day = f"({MOMENT[Base(base)]} at time zone %(zone)s)::date"
    if base == Base.EVENT:
        day = f"coalesce(on_day, {day})"
    condition = f"workspace_id = %(workspace)s and kind = %(kind)s and voided_at is null and {span}"
    with connection.cursor() as cursor:
        cursor.execute(statements.plain(kind, MOMENT[Base(base)], day, condition, grain), given)
        if kind in CREDITED:
            statement, more = statements.divided(kind, day, condition, grain)
            cursor.execute(statement, {**more, **given})
        if kind == Kind.STAGE and base == Base.BIRTH and grain != statements.MONTHS:
            cursor.execute(statements.paths(day, condition), given)

"""Which rows of rollups a question reads: of each kind the smallest cube that knows what it speaks
of, by whole months where these are over, and by days before and after them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Q, QuerySet

from analytics.attribution.weights import DEFAULT, Model
from analytics.models import Base, DirtyBucket, Kind, Rollup
from analytics.models.fact import OF_DEALS
from analytics.reports.counted import as_rollups
from analytics.reports.question import Question
from analytics.reports.spellings import quick
from analytics.rollups import state
from analytics.rollups.building import next_month
from analytics.rollups.cubes import CREDITED, DAY, MONTH, cube_for, of_model, of_month
from workspaces.zones import workspace_in_scope

# By these a month falls apart.
_OF_DAYS: Final = frozenset({"day", "week", "weekday"})
_DAY: Final = timedelta(days=1)


def rollups(
    question: Question,
    base: str,
    kinds: Iterable[str],
    columns: Iterable[str] | None = None,
    model: Model = DEFAULT,
    only: Iterable[date] | None = None,
) -> QuerySet[Any]:
    """The rows of rollups that a question is about, which know these columns (by default those of
    its groups) and what its filter asks for; of a model where credit is divided, if it is
    `known_to_models`, or else `only` of its `months_of_models`. Of people they are facts."""
    if question.asks_people:
        return as_rollups(question, base, kinds)
    wanted = {*(question.grouping.columns if columns is None else columns), *question.columns}
    whole = {} if wanted & _OF_DAYS else _whole_months(question, base, kinds)
    if question.currency != workspace_in_scope().currency:
        # Money is converted by the rate of its day.
        whole = {kind: months for kind, months in whole.items() if kind not in OF_DEALS}
    # Kinds that are read from the same rows are asked for together.
    rows: dict[tuple[str, tuple[date, ...], bool], list[str]] = {}
    for kind in sorted(kinds):
        of_months = cube_for(kind, wanted, MONTH, model)
        if only is not None:
            assert of_months is not None
            rows.setdefault((of_month(of_months), tuple(only), True), []).append(kind)
            continue
        cube = cube_for(kind, wanted, DAY, model)
        assert cube is not None
        months = () if of_months is None else tuple(whole.get(kind, ()))
        rows.setdefault((cube, months, False), []).append(kind)
        if of_months is not None and months:
            rows.setdefault((of_month(of_months), months, True), []).append(kind)
    some: list[Q] = []
    for (cube, months, is_of_months), those in rows.items():
        days = Q(day__in=months) if is_of_months else _between(question, months)
        if days is not None:
            some.append(Q(days, kind__in=those, cube=of_model(model, cube)))
    return _of(question, base).filter(_narrowing(question), reduce(or_, some, Q()))


def of_paths(question: Question, cube: str) -> QuerySet[Rollup]:
    """The days of deals by the stages that they have been in, of a cube of paths."""
    found = _of(question, Base.BIRTH).filter(_narrowing(question), cube=cube, kind=Kind.STAGE)
    return found.filter(day__gte=question.first, day__lte=question.last)


def known_to_models(question: Question, kinds: Iterable[str]) -> bool:
    """Whether rollups keep what a question asks of credit that its model divides."""
    if question.asks_people:
        return False
    wanted = {*question.grouping.columns, *question.columns}
    return all(
        kind in CREDITED and cube_for(kind, wanted, DAY, question.model) is not None
        for kind in kinds
    )


def months_of_models(question: Question, kinds: Iterable[str]) -> list[date]:
    """The whole months of which rollups keep what a question asks of credit, where they do not keep
    it of days."""
    kinds = list(kinds)
    wanted = {*question.grouping.columns, *question.columns}
    is_known = all(cube_for(kind, wanted, MONTH, question.model) is not None for kind in kinds)
    if not is_known or wanted & _OF_DAYS or question.currency != workspace_in_scope().currency:
        return []
    whole = _whole_months(question, question.base, kinds).values()
    return sorted(set.intersection(*(set(months) for months in whole))) if whole else []


def spans_beside(question: Question, months: Iterable[date]) -> list[tuple[date, date]]:
    """The days of the period that are in none of these months, from each first to its last."""
    found = []
    first = question.first
    for month in months:
        if first < month:
            found.append((first, month - _DAY))
        first = next_month(month)
    if first <= question.last:
        found.append((first, question.last))
    return found


def _narrowing(question: Question) -> Q:
    return replace(question, condition=quick(question.condition)).narrowing


def _of(question: Question, base: str) -> Any:
    return Rollup.objects.filter(version=state.current().version, base=base)


def _whole_months(question: Question, base: str, kinds: Iterable[str]) -> dict[str, list[date]]:
    """The months of each kind that lie within the period, are over, and are as their days are."""
    until = state.current().months_until
    month = question.first if question.first.day == 1 else next_month(question.first)
    end = min((question.last + _DAY).replace(day=1), until or month)
    months = []
    while month < end:
        months.append(month)
        month = next_month(month)
    if not months:
        return {}
    stale = set(
        DirtyBucket.objects.filter(
            is_month=True, base=base, day__gte=months[0], day__lt=end
        ).values_list("kind", "day")
    )
    return {kind: [one for one in months if (kind, one) not in stale] for kind in kinds}


def _between(question: Question, months: Iterable[date]) -> Q | None:
    """The days of the period that are in none of these months; None where there are none."""
    spans = spans_beside(question, months)
    found = [Q(day__gte=first, day__lte=last) for first, last in spans]
    return reduce(or_, found) if found else None

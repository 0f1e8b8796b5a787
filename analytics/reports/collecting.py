"""Cells of a report: from rollups, from touches where no rollup keeps how credit is divided, and
from spend."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Count, F, Func, Min, Q, QuerySet, Sum, Value
from django.db.models.fields import DateField
from django.db.models.functions import ExtractIsoWeekDay, TruncDate, TruncMonth, TruncWeek
from django.utils import timezone

from analytics.attribution.crediting import WHOLE, columns, credited
from analytics.attribution.weights import DEFAULT, Model
from analytics.exchange import countable, counted
from analytics.factors import factor_sql, in_currency, tellable
from analytics.facts.hours import JudgementTerm
from analytics.metrics.cells import ACQUISITION, MEASURES, NOW, SPEND, UNJUDGED_LATE, Cell
from analytics.metrics.metric import Metric
from analytics.models import AcquisitionCost, AdSpend, Base, Fact, Kind, Rollup
from analytics.models.dimensions import DIMENSIONS
from analytics.models.fact import OF_DAYS, OF_DEALS
from analytics.reports.filtering import ORIGIN
from analytics.reports.now import TOTAL, add_now
from analytics.reports.question import Question
from analytics.reports.slices import known_to_models, rollups
from analytics.rollups import state

Key = tuple[Any, ...]
Cells = dict[Key, Cell]


_FLAGS: Final = {
    Kind.INQUIRY: "new",
    Kind.FIRST_REPLY: "in_time",
    Kind.LEAD: "judged",
    Kind.JUDGED: "in_time",
    Kind.REJECTED: "disputed",
    Kind.ANSWERED: "contested",
    Kind.SETTLED: "overturned",
}
_OF_DAY: Final = {
    "week": TruncWeek("day", output_field=DateField()),
    "month": TruncMonth("day", output_field=DateField()),
    "weekday": ExtractIsoWeekDay("day"),
}
_OF_DATE: Final = {
    "week": TruncWeek("date", output_field=DateField()),
    "month": TruncMonth("date", output_field=DateField()),
    "weekday": ExtractIsoWeekDay("date"),
}
_SQL_OF_DAY: Final = {
    "day": "local_day",
    "week": "date_trunc('week', local_day)::date",
    "month": "date_trunc('month', local_day)::date",
    "weekday": "extract(isodow from local_day)::int",
}


def collect(question: Question, metrics: Iterable[Metric]) -> Cells:
    """A cell for each group of what the metrics are made of."""
    metrics = list(metrics)
    cells: Cells = {}
    kinds: dict[str, set[str]] = {Base.BIRTH: set(), Base.EVENT: set()}
    timed: set[tuple[str, str]] = set()
    credit: set[str] = set()
    divides = question.model != DEFAULT
    for one in metrics:
        for kind in _kinds_of(one):
            if one.attributed and divides and kind in OF_DEALS:
                credit.add(kind)
            else:
                is_birth = kind in OF_DEALS and one.base == "birth"
                kinds[question.base if is_birth else Base.EVENT].add(kind)
        if one.percentile is not None:
            timed.add((one.percentile.kind, one.percentile.column))
    for base, wanted in kinds.items():
        if left := wanted - credit:
            _from_rollups(cells, question, base, left, timed)
    if credit and known_to_models(question, credit):
        _from_rollups(cells, question, question.base, credit, set(), model=question.model)
    elif credit:
        _from_touches(cells, question, credit)
    if any(_is_of_spend(one) for one in metrics):
        _from_spend(cells, question)
    if now := {name for one in metrics for kind, name in _sums_of(one) if kind == NOW}:
        if now - {UNJUDGED_LATE}:
            add_now(cells, question)
        if UNJUDGED_LATE in now:
            _add_unjudged(cells, question)
    return cells


def facts(question: Question, base: str, kinds: Iterable[str]) -> QuerySet[Fact]:
    """The facts themselves, not yet narrowed by the question's filter; with `local_day`."""
    start, end = state.bounds(question.first, question.last)
    moment = "born_at" if base == Base.BIRTH else "at"
    found = Fact.objects.filter(kind__in=sorted(kinds), voided_at=None)
    span = Q(**{f"{moment}__gte": start, f"{moment}__lt": end})
    day: Any = TruncDate(moment, tzinfo=state.zone())
    of_days = sorted(OF_DAYS & set(kinds))
    if base == Base.EVENT and of_days:
        by_day = Q(on_day__gte=question.first, on_day__lte=question.last, kind__in=of_days)
        span = (span & ~Q(kind__in=of_days)) | by_day
        day = Func(F("on_day"), day, function="coalesce", output_field=DateField())
    narrowed: QuerySet[Fact] = found.filter(span).annotate(local_day=day)
    return narrowed


def _sums_of(metric: Metric) -> set[tuple[str, str]]:
    """The sums that its numerator and its denominator are made of."""
    names = [name for name in (metric.numerator, metric.denominator) if name]
    return {one for name in names for one in MEASURES[name]}


def _names_of(metric: Metric) -> set[str]:
    return {what for what, _ in _sums_of(metric)}


def _kinds_of(metric: Metric) -> set[str]:
    kinds = {what for what in _names_of(metric) if what in Kind.values}
    if metric.percentile is not None:
        kinds.add(metric.percentile.kind)
    return kinds


def _is_of_spend(metric: Metric) -> bool:
    return bool(_names_of(metric) & {SPEND, ACQUISITION})


def _from_rollups(
    cells: Cells,
    question: Question,
    base: str,
    kinds: set[str],
    timed: set[tuple[str, str]],
    model: Model = DEFAULT,
) -> None:
    keys = question.grouping.columns
    found = rollups(question, base, kinds, keys, model)
    found = found.annotate(**{name: _OF_DAY[name] for name in keys if name in _OF_DAY})
    # Money that cannot be told in this currency is not added up; the coverage tells of it.
    ours = tellable(question.currency, "day")
    sums = found.values_list("kind", *keys).annotate(
        sum_n=Sum("n"),
        sum_flagged=Sum("flagged"),
        sum_amounts=Sum("amounts", filter=ours),
        sum_costs=Sum("costs", filter=ours),
        sum_amount=Sum(in_currency(question.currency, "day", "amount")),
        sum_cost=Sum(in_currency(question.currency, "day", "cost")),
    )
    # A model counts in millionths.
    whole = 1 if model == DEFAULT else WHOLE
    for kind, *rest in sums.order_by():
        cell = cells.setdefault(_key(rest[: len(keys)]), Cell())
        *counts, amount, cost = rest[len(keys) :]
        n, flagged, amounts, costs = (_divided(count, whole) for count in counts)
        cell.add((kind, "n"), n)
        cell.add((kind, "amount"), _whole(amount))
        cell.add((kind, "cost"), _whole(cost))
        cell.add((kind, "amounts"), amounts)
        cell.add((kind, "costs"), costs)
        if kind in _FLAGS:
            cell.add((kind, _FLAGS[kind]), flagged)
    if lasting := {kind for kind, _ in timed} & kinds:
        _histograms(cells, found.filter(kind__in=sorted(lasting)), keys, timed)


def _divided(count: int | None, whole: int) -> float:
    return (count or 0) if whole == 1 else (count or 0) / whole


def _histograms(
    cells: Cells, found: QuerySet[Rollup], keys: list[str], timed: set[tuple[str, str]]
) -> None:
    for *key, kind, plain, business in found.values_list(
        *keys, "kind", "histogram", "business_histogram"
    ):
        cell = cells.setdefault(_key(key), Cell())
        for column, stored in (("seconds", plain), ("business_seconds", business)):
            if (kind, column) in timed:
                cell.add_histogram((kind, column), stored)


def _from_touches(cells: Cells, question: Question, kinds: set[str]) -> None:
    keys = question.grouping.columns
    select = ["kind", *(_SQL_OF_DAY.get(name, name) for name in keys)]
    times, rates = factor_sql(question.currency, "currency", "local_day")
    sums = [
        "sum(n)",
        f"sum(amount * {times})",
        f"sum(cost * {times})",
        f"sum(n) filter (where amount * {times} is not null)",
        f"sum(n) filter (where cost * {times} is not null)",
        "sum(n) filter (where flag)",
    ]
    places = ", ".join(str(place + 1) for place in range(len(select)))
    found = facts(question, question.base, kinds)
    if not {leaf.field.name for leaf in question.condition.leaves} & ORIGIN:
        # Who had a deal is the same for each of its touches: there are fewer to divide.
        found = found.filter(question.narrowing)
    rows = credited(
        found.values(*columns()),
        question.model,
        question.narrowing,
        ", ".join([*select, *sums]),
        f"group by {places}",
        rates,
    )
    for kind, *rest in rows:
        cell = cells.setdefault(_key(rest[: len(keys)]), Cell())
        n, amount, cost, amounts, costs, flagged = rest[len(keys) :]
        cell.add((kind, "n"), float(n or 0) / WHOLE)
        cell.add((kind, "amount"), _whole(amount))
        cell.add((kind, "cost"), _whole(cost))
        cell.add((kind, "amounts"), float(amounts or 0) / WHOLE)
        cell.add((kind, "costs"), float(costs or 0) / WHOLE)
        if kind in _FLAGS:
            cell.add((kind, _FLAGS[kind]), float(flagged or 0) / WHOLE)


def spend(question: Question) -> QuerySet[AdSpend]:
    """The rows of spend that a question is about; `counted` is their cost as it counts."""
    found: QuerySet[AdSpend] = AdSpend.objects.filter(
        countable(question.currency), date__gte=question.first, date__lte=question.last
    ).annotate(counted=counted(question.currency))
    return found.filter(question.narrowing) if question.narrows_spend else found


def _from_spend(cells: Cells, question: Question) -> None:
    if question.agent_id is not None:
        return
    wanted = question.grouping.of_spend
    known = [name for name in wanted if name is not None]
    found = spend(question).annotate(**{name: _OF_DATE[name] for name in known if name in _OF_DATE})
    sums = found.values_list(*known) if known else found.annotate(one=Value(1)).values_list("one")
    for row in sums.order_by().annotate(Sum("counted"), Sum("impressions"), Sum("clicks")):
        *keys, cost, impressions, clicks = row
        given = iter(keys)
        key = [None if name is None else next(given) for name in wanted]
        cell = cells.setdefault(_key(key), Cell())
        cell.add((SPEND, "cost"), int((cost or 0) * 100))
        cell.add((SPEND, "impressions"), impressions)
        cell.add((SPEND, "clicks"), clicks)
    other = AcquisitionCost.objects.filter(
        countable(question.currency), date__gte=question.first, date__lte=question.last
    ).annotate(counted=counted(question.currency, with_vat=False))
    for day, cost in other.values_list("date").annotate(Sum("counted")):
        # Paid for nothing in particular: only the days and the total know of it.
        key = (day,) if wanted == ["date"] else TOTAL
        cells.setdefault(key, Cell()).add((ACQUISITION, "cost"), int((cost or 0) * 100))


def _whole(amount: Any) -> float:
    """Minor units: whole ones of the company's currency, with a fraction where they were
    converted."""
    if amount is None or isinstance(amount, int):
        return amount or 0
    return int(amount) if amount == int(amount) else float(amount)


def _add_unjudged(cells: Cells, question: Question) -> None:
    """Leads of the period on which sales have not said a word in the time that was promised."""
    term, now = JudgementTerm(), timezone.now()
    # A lead counts on the day of its birth, by either base.
    found = facts(question, Base.BIRTH, [Kind.LEAD]).filter(question.narrowing, flag=False)
    late: list[Q] = []
    for channel_id, team_id, first in (
        found.order_by().values_list("channel_id", "team_id").annotate(Min("at"))
    ):
        until = term.late_until(channel_id, team_id, first, now)
        if until is not None:
            late.append(Q(channel_id=channel_id, team_id=team_id, at__lte=until))
    if not late:
        return
    keys = question.grouping.columns if set(question.grouping.columns) <= set(DIMENSIONS) else []
    # Counted by what the index has.
    counted = found.filter(reduce(or_, late)).order_by().values_list(*(keys or ["kind"]))
    for *values, count in counted.annotate(Count("deal_id")):
        cells.setdefault(_key(values) if keys else TOTAL, Cell()).add((NOW, UNJUDGED_LATE), count)


def _key(values: Iterable[Any]) -> Key:
    """Empty words are "unknown", like a missing id."""
    return tuple(None if value == "" else value for value in values)

"""Cells of a report: from rollups, from touches where no rollup keeps how credit is divided, and
from spend."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import Count, QuerySet, Sum, Value
from django.db.models.fields import DateField
from django.db.models.functions import ExtractIsoWeekDay, TruncMonth, TruncWeek
from django.utils import timezone

from analytics.attribution.crediting import WHOLE, columns, credited
from analytics.attribution.weights import DEFAULT
from analytics.exchange import countable, counted
from analytics.factors import factor_sql
from analytics.facts.hours import JudgementTerm
from analytics.metrics.cells import ACQUISITION, MEASURES, NOW, SPEND, UNJUDGED_LATE, Cell
from analytics.metrics.cells import Sum as What
from analytics.metrics.metric import Metric
from analytics.models import AcquisitionCost, AdSpend, Base, Kind
from analytics.models.dimensions import DIMENSIONS
from analytics.models.fact import OF_DEALS
from analytics.reports.counted import facts
from analytics.reports.filtering import ORIGIN
from analytics.reports.folding import first_of, fold, is_ordered_by_percentile
from analytics.reports.histograms import add_histograms
from analytics.reports.now import TOTAL, add_now
from analytics.reports.question import Question
from analytics.reports.slices import known_to_models, months_of_models, spans_beside
from analytics.reports.sums import FLAGS, add_sums, key_of, plain

Key = tuple[Any, ...]
Cells = dict[Key, Cell]


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


def collect(
    question: Question, metrics: Iterable[Metric], *, among: Iterable[Key] | None = None
) -> Cells:
    """A cell for each group of what the metrics are made of; of many groups the first ones, or
    those `among`, and one of all others."""
    metrics = list(metrics)
    cells: Cells = {}
    wanted: dict[str, set[What]] = {Base.BIRTH: set(), Base.EVENT: set()}
    timed: dict[str, set[What]] = {Base.BIRTH: set(), Base.EVENT: set()}
    credit: set[What] = set()
    divides = question.model != DEFAULT and question.tells_origins
    for one in metrics:
        for kind, name in _sums_of(one):
            if kind not in Kind.values:
                continue
            if one.attributed and divides and kind in OF_DEALS:
                credit.add((kind, name))
            else:
                wanted[_base(question, one, kind)].add((kind, name))
        if one.percentile is not None:
            what = (one.percentile.kind, one.percentile.column)
            timed[_base(question, one, one.percentile.kind)].add(what)
    for base, sums in wanted.items():
        if left := sums - credit:
            add_sums(cells, question, base, left)
    if credit:
        _add_credit(cells, question, credit)
    if any(_is_of_spend(one) for one in metrics):
        _from_spend(cells, question)
    if now := {name for one in metrics for kind, name in _sums_of(one) if kind == NOW}:
        if now - {UNJUDGED_LATE}:
            add_now(cells, question)
        if UNJUDGED_LATE in now:
            _add_unjudged(cells, question)
    return _with_histograms(cells, question, timed, among)


def _with_histograms(
    cells: Cells,
    question: Question,
    timed: Mapping[str, set[What]],
    among: Iterable[Key] | None,
) -> Cells:
    """They are many: where most rows are told as one, only those of the others are read."""
    is_late = is_ordered_by_percentile(question)
    shown = None if is_late else first_of(question, cells, among)
    count = fold(cells, shown) if shown is not None else 0
    for base, some in timed.items():
        if some:
            add_histograms(cells, question, base, some, is_folded=count > 0)
    if is_late and (shown := first_of(question, cells, among)) is not None:
        fold(cells, shown)
    return cells


def _base(question: Question, one: Metric, kind: str) -> str:
    return question.base if kind in OF_DEALS and one.base == "birth" else Base.EVENT


def _sums_of(metric: Metric) -> set[tuple[str, str]]:
    """The sums that its numerator and its denominator are made of."""
    names = [name for name in (metric.numerator, metric.denominator) if name]
    return {one for name in names for one in MEASURES[name]}


def _names_of(metric: Metric) -> set[str]:
    return {what for what, _ in _sums_of(metric)}


def _is_of_spend(metric: Metric) -> bool:
    return bool(_names_of(metric) & {SPEND, ACQUISITION})


def _add_credit(cells: Cells, question: Question, wanted: set[What]) -> None:
    """From rollups, and of the days of which they do not keep it from touches."""
    kinds = {kind for kind, _name in wanted}
    if known_to_models(question, kinds):
        add_sums(cells, question, question.base, wanted, question.model)
        return
    months = months_of_models(question, kinds)
    if months:
        add_sums(cells, question, question.base, wanted, question.model, only=months)
    for first, last in spans_beside(question, months):
        _from_touches(cells, question.within(first, last), kinds)


def _from_touches(cells: Cells, question: Question, kinds: set[str]) -> None:
    keys = question.grouping.columns
    # Words of many rows are grouped byte by byte: to sort them by a language's rules takes longer
    # than all the rest.
    words = {name: f'{name} collate "C"' for name in ORIGIN}
    select = ["kind", *((_SQL_OF_DAY | words).get(name, name) for name in keys)]
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
        cell = cells.setdefault(key_of(rest[: len(keys)]), Cell())
        n, amount, cost, amounts, costs, flagged = rest[len(keys) :]
        cell.add((kind, "n"), float(n or 0) / WHOLE)
        cell.add((kind, "amount"), plain(amount))
        cell.add((kind, "cost"), plain(cost))
        cell.add((kind, "amounts"), float(amounts or 0) / WHOLE)
        cell.add((kind, "costs"), float(costs or 0) / WHOLE)
        if kind in FLAGS:
            cell.add((kind, FLAGS[kind]), float(flagged or 0) / WHOLE)


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
        cell = cells.setdefault(key_of(key), Cell())
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


def _add_unjudged(cells: Cells, question: Question) -> None:
    """Leads of the period on which sales have not said a word in the time that was promised."""
    term, now = JudgementTerm(), timezone.now()
    # A lead counts on the day of its birth, by either base.
    found = facts(question, Base.BIRTH, [Kind.LEAD]).filter(question.narrowing, flag=False)
    late = term.late(found.order_by().values_list("channel_id", "team_id").distinct(), "at", now)
    if late is None:
        return
    keys = question.grouping.columns if set(question.grouping.columns) <= set(DIMENSIONS) else []
    # Counted by what the index has.
    counted = found.filter(late).order_by().values_list(*(keys or ["kind"]))
    for *values, count in counted.annotate(Count("deal_id")):
        cells.setdefault(key_of(values) if keys else TOTAL, Cell()).add((NOW, UNJUDGED_LATE), count)

"""Whether promises are kept: the registry's numbers of a month, beside what was promised for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Any, Final

from django.utils import timezone

from analytics.agreements.promises import AT_LEAST, REPORT
from analytics.metrics import Cell, Metric, Unit, metric
from analytics.models import Agreement, AgreementPromise, Base
from analytics.reports.catalogue import REPORTS
from analytics.reports.collecting import collect
from analytics.reports.grouping import Grouping
from analytics.reports.question import Question
from analytics.rollups import freshness
from analytics.rollups.building import next_month
from workspaces.zones import local_day, workspace_in_scope

MONTHS: Final = 12


class State(StrEnum):
    """Of a promise in one month. While the month runs it is on track or behind."""

    KEPT = "kept"
    BROKEN = "broken"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    UNTOLD = "untold"  # there is nothing to tell it by


@dataclass(frozen=True)
class Kept:
    """A promise and a month. `value` as the API tells it; `missing`: how many more it would have
    taken, of counts and of shares of a count; `due`: what was to be there by now, of counts of a
    month that runs."""

    promise: AgreementPromise
    metric: Metric
    value: Any
    state: State
    missing: int = 0
    due: float | None = None


@dataclass(frozen=True)
class Month:
    """`agreement` is the version that was in force, with all of its promises."""

    first: date
    last: date
    agreement: Agreement
    promises: list[Kept]
    is_over: bool


def in_force(month: date, versions: Iterable[Agreement] | None = None) -> Agreement | None:
    """The version by which a month is judged: the last one that was signed for it."""
    if versions is None:
        versions = signed()
    found = [one for one in versions if one.since <= month]
    return max(found, key=lambda one: one.number) if found else None


def signed() -> list[Agreement]:
    """All versions with both signatures and their promises."""
    found = Agreement.objects.filter(
        marketing_at__isnull=False, sales_at__isnull=False, withdrawn_at=None
    )
    return list(found.prefetch_related("promises"))


def months(count: int = MONTHS) -> list[Month]:
    """The last months for which something was promised, the latest first."""
    versions = signed()
    found, first = [], local_day(timezone.now()).replace(day=1)
    for _ in range(count):
        agreement = in_force(first, versions)
        if agreement is None:
            break
        found.append(month_of(agreement, first))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def month_of(agreement: Agreement, first: date) -> Month:
    """A version held against a month, right up to this moment."""
    today = local_day(timezone.now())
    last = next_month(first) - timedelta(days=1)
    freshness.refresh(first, last)
    promises = sorted(agreement.promises.all(), key=lambda one: one.metric)
    metrics = {one.metric: metric(one.metric) for one in promises}
    question = Question(
        first=first,
        last=last,
        grouping=Grouping(()),
        currency=workspace_in_scope().currency,
        base=Base(REPORTS[REPORT].base),
    )
    whole = Cell()
    for cell in collect(question, list(metrics.values())).values():
        whole.merge(cell)
    passed = min(1.0, max(0, (today - first).days + 1) / ((last - first).days + 1))
    is_over = today > last
    kept = [
        _keep(one, metrics[one.metric], whole, question.currency, passed, is_over=is_over)
        for one in promises
    ]
    return Month(first, last, agreement, kept, is_over)


def _keep(
    promise: AgreementPromise,
    one: Metric,
    cell: Cell,
    currency: str,
    passed: float,
    *,
    is_over: bool,
) -> Kept:
    value = one.value(cell, currency)
    limit = promise.threshold
    number = _number(value)
    if number is None or (one.unit == Unit.COUNT and passed <= 0):
        return Kept(promise, one, value, State.UNTOLD)
    is_least = promise.condition == AT_LEAST
    holds = number >= limit if is_least else number <= limit
    due = None
    if one.unit == Unit.COUNT and is_least and not is_over:
        due = float(limit) * passed
        holds = holds or float(number) >= due
    names = (State.KEPT, State.BROKEN) if is_over else (State.ON_TRACK, State.BEHIND)
    missing = 0 if holds else _missing(one, cell, limit, number, is_least=is_least)
    return Kept(promise, one, value, names[0] if holds else names[1], missing, due)


def _missing(one: Metric, cell: Cell, limit: Decimal, number: Decimal, *, is_least: bool) -> int:
    if not is_least:
        return 0
    if one.unit == Unit.COUNT:
        return int((limit - number).to_integral_value(ROUND_CEILING))
    if one.unit != Unit.RATIO:
        return 0
    below = Decimal(str(cell.measure(one.denominator)))
    above = Decimal(str(cell.measure(one.numerator)))
    return int((limit * below - above).to_integral_value(ROUND_CEILING))


def _number(value: Any) -> Decimal | None:
    if value is None:
        return None
    return Decimal(str(value["amount"] if isinstance(value, dict) else value))

"""The facts that a question counts: as they are, and as rollups of one each where it asks for
people, of whom rollups know nothing."""

from collections.abc import Iterable
from math import log
from typing import Any, Final

from django.db.models import Case, F, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.fields import BinaryField, DateField
from django.db.models.functions import Ceil, ExtractHour, ExtractIsoWeekDay, Ln, TruncDate

from analytics.models import Base, Fact, Kind
from analytics.models.fact import OF_DAYS
from analytics.reports.question import Question
from analytics.rollups import histogram, state

_HOURS: Final = 24


def facts(question: Question, base: str, kinds: Iterable[str]) -> QuerySet[Fact]:
    """The facts themselves, not yet narrowed by the question's filter; with `local_day`."""
    start, end = state.bounds(question.first, question.last)
    moment = _moment(base)
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


def as_rollups(question: Question, base: str, kinds: Iterable[str]) -> QuerySet[Any]:
    """The facts that the filter leaves, with the columns that a rollup of each would have."""
    found = facts(question, base, kinds).filter(question.narrowing)
    return found.annotate(
        day=F("local_day"),
        flagged=_counted_if(flag=True),
        amounts=_counted_if(amount__isnull=False),
        costs=_counted_if(cost__isnull=False),
        histogram=_Alone(
            Case(
                When(kind=Kind.INQUIRY, then=_hour_of_week(_moment(base))),
                default=_bucket("seconds"),
            )
        ),
        business_histogram=_Alone(_bucket("business_seconds")),
    )


class _Alone(Func):
    """The histogram of one value, by its place; see `analytics.rollups.histogram`."""

    template = "(int2send((%(expressions)s)::int2) || '\\x0101'::bytea)"
    output_field = BinaryField()


def _bucket(column: str) -> Any:
    """`histogram.BUCKET_SQL` as an expression; null of null."""
    place = Ceil(Ln(column) / Value(log(histogram.GAMMA)))
    return Case(
        When(**{f"{column}__lt": histogram.SHORTEST}, then=Value(histogram.NOTHING)),
        When(**{f"{column}__isnull": False}, then=place),
        output_field=IntegerField(),
    )


def _hour_of_week(moment: str) -> Any:
    """`hours.HOUR_SQL` as an expression."""
    day = ExtractIsoWeekDay(moment, tzinfo=state.zone())
    return (day - 1) * _HOURS + ExtractHour(moment, tzinfo=state.zone())


def _counted_if(**condition: Any) -> Case:
    return Case(When(**condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _moment(base: str) -> str:
    return "born_at" if base == Base.BIRTH else "at"

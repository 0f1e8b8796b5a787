"""The query of a report, read."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework import serializers

from analytics.attribution.weights import DEFAULT, MODELS
from analytics.factors import choices
from analytics.models import Base
from analytics.reports import filtering, periods
from analytics.reports.catalogue import Report
from analytics.reports.grouping import DIMENSIONS, Dimension, Grouping
from analytics.reports.question import Question
from core.api.fields import Words
from core.conditions import Condition, InvalidCondition
from workspaces.zones import local_day, workspace_in_scope

MOST_DAYS: Final = 3660
# What people call the two date bases.
BASES: Final = {
    "birth": Base.BIRTH, "lead": Base.BIRTH, "created": Base.BIRTH, "cohort": Base.BIRTH,
    "event": Base.EVENT, "flow": Base.EVENT,
}  # fmt: skip
# So many rows are told one by one unless more are asked for, and so many at most.
USUAL_ROWS: Final = 100
MOST_ROWS: Final = 10_000
PREVIOUS: Final = "previous"
YEAR: Final = "year"


class Day(serializers.CharField):
    """A day, or a moment, of which its day in the company's time zone counts."""

    def to_internal_value(self, data: Any) -> date:
        text = super().to_internal_value(data)
        try:
            if (day := parse_date(text)) is not None:
                return day
            moment = parse_datetime(text.replace(" ", "+"))
        except ValueError:
            moment = None
        if moment is None:
            raise serializers.ValidationError(_("A date is needed: 2026-11-23."))
        return local_day(moment if timezone.is_aware(moment) else timezone.make_aware(moment))


class QuestionQuery(serializers.Serializer[Any]):
    """How to look at a report."""

    def get_fields(self) -> dict[str, Any]:
        days = {
            "from": Day(required=False, help_text="The first day; 29 days before the last one."),
            "to": Day(required=False, help_text="The last day, included; today."),
        }
        return {**days, **super().get_fields()}

    period = serializers.ChoiceField(
        choices=list(periods.PERIODS),
        required=False,
        help_text="Instead of days: a period that moves with today.",
    )
    group = Words(help_text="By what, one within the other: `source,campaign`.")
    model = serializers.ChoiceField(
        choices=list(MODELS), required=False, help_text="Who gets the credit for a deal."
    )
    base = serializers.ChoiceField(
        choices=list(BASES),
        required=False,
        help_text="`birth`: by the date of the lead. `event`: by the date of what happened.",
    )
    filter = serializers.CharField(
        required=False, allow_blank=True, max_length=8000, help_text="Conditions as JSON."
    )
    currency = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=3,
        help_text="What money is told in, by the rate of its day: the company's currency, or one "
        "that it has rates of.",
    )
    limit = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_ROWS,
        help_text=f"How many rows are told one by one, {USUAL_ROWS} unless said otherwise. All "
        "that come after them are one more row, the last, with `others`: how many these are. Days, "
        "weeks and months are all told.",
    )
    compare = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=40,
        help_text="`previous`: the period of the same length right before; `year`: the same days "
        "a year earlier; or `<from>..<to>`.",
    )

    def validate_filter(self, text: str) -> Condition:
        try:
            return filtering.read(text)
        except InvalidCondition as error:
            raise serializers.ValidationError(error.messages) from None


def question_of(
    report: Report, query: Any, *, agent_id: UUID | None = None
) -> tuple[Question, Question | None]:
    """The question and the one it is compared with. Raises `ValidationError` (400)."""
    form = QuestionQuery(data=query)
    form.is_valid(raise_exception=True)
    asked = form.validated_data
    first, last = _period(asked, report.period)
    _check_period(first, last)
    question = Question(
        first=first,
        last=last,
        grouping=_grouping(report, asked.get("group") or report.group),
        currency=_currency(asked.get("currency") or ""),
        base=BASES[asked["base"]] if asked.get("base") else report.base,
        model=asked.get("model") or DEFAULT,
        condition=asked.get("filter") or Condition(),
        agent_id=agent_id,
        most=asked.get("limit") or USUAL_ROWS,
    )
    return question, _compared(question, asked.get("compare") or "")


def _period(asked: dict[str, Any], usual: str) -> tuple[date, date]:
    today = local_day(timezone.now())
    first, last = asked.get("from"), asked.get("to")
    if first is None and last is None:
        return periods.span(asked.get("period") or usual, today)
    last = last or max(first, today)
    return first or periods.span(usual, last)[0], last


def _check_period(first: date, last: date) -> None:
    if first > last:
        raise serializers.ValidationError({"to": _("The period ends before it begins.")})
    if (last - first).days >= MOST_DAYS or not first.year > 1970 or not last.year < 2200:
        raise serializers.ValidationError({"from": _("The period is too long.")})


def _currency(text: str) -> str:
    own = workspace_in_scope().currency
    wanted = text.strip().upper() or own
    # The company's own is asked for by far the most, and needs no look at the others.
    if wanted != own and wanted not in choices():
        words = _("Reports can be told in: %(currencies)s.") % {"currencies": ", ".join(choices())}
        raise serializers.ValidationError({"currency": words})
    return wanted


def _grouping(report: Report, text: str) -> Grouping:
    names = [name.strip() for name in text.split(",") if name.strip()]
    names = ["owner" if name in {"agent", "member"} else name for name in names]
    for name in names:
        if name not in report.groups:
            words = _("This report is grouped by: %(groups)s.") % {
                "groups": ", ".join(report.groups) or "—"
            }
            raise serializers.ValidationError({"group": words})
    return Grouping(
        tuple(
            DIMENSIONS.get(name) or Dimension(name, (name,), (name,), (None,))
            for name in dict.fromkeys(names)
        )
    )


def _compared(question: Question, text: str) -> Question | None:
    if not text:
        return None
    if text == PREVIOUS:
        found = question.before()
    elif text == YEAR:
        earlier = [periods.a_year_before(day) for day in (question.first, question.last)]
        found = question.within(*earlier)
    else:
        begin, _dots, end = text.partition("..")
        days = [parse_date(part) if len(part) == 10 else None for part in (begin, end)]
        if days[0] is None or days[1] is None:
            raise serializers.ValidationError({"compare": _("A date is needed: 2026-11-23.")})
        found = question.within(days[0], days[1])
    _check_period(found.first, found.last)
    return found

"""Sums out of rollups: a row for each group, with all kinds of facts side by side."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db.models import BigIntegerField, F, Q, QuerySet, Sum
from django.db.models.fields import DateField
from django.db.models.functions import Cast, ExtractIsoWeekDay, TruncMonth, TruncWeek

from analytics.attribution.crediting import WHOLE
from analytics.attribution.weights import DEFAULT, Model
from analytics.factors import in_currency, tellable
from analytics.metrics.cells import Cell
from analytics.metrics.cells import Sum as What
from analytics.models import Kind
from analytics.reports.question import Question
from analytics.reports.slices import rollups
from workspaces.zones import workspace_in_scope

Cells = dict[tuple[Any, ...], Cell]

# What the flag of a kind's facts says.
FLAGS: Final = {
    Kind.INQUIRY: "new",
    Kind.FIRST_REPLY: "in_time",
    Kind.LEAD: "judged",
    Kind.JUDGED: "in_time",
    Kind.REJECTED: "disputed",
    Kind.ANSWERED: "contested",
    Kind.SETTLED: "overturned",
}
_MONEY: Final = frozenset({"amount", "cost"})
# How many have an amount that can be told, a cost.
_TOLD: Final = frozenset({"amounts", "costs"})
_OF_DAY: Final = {
    "week": TruncWeek("day", output_field=DateField()),
    "month": TruncMonth("day", output_field=DateField()),
    "weekday": ExtractIsoWeekDay("day"),
}


def grouped(
    question: Question,
    base: str,
    kinds: Iterable[str],
    model: Model = DEFAULT,
    only: Iterable[date] | None = None,
) -> QuerySet[Any]:
    """The rollups of a question, with the columns of its groups."""
    keys = question.grouping.columns
    found = rollups(question, base, kinds, keys, model, only)
    return found.annotate(**{name: _OF_DAY[name] for name in keys if name in _OF_DAY})


def add_sums(
    cells: Cells,
    question: Question,
    base: str,
    wanted: set[What],
    model: Model = DEFAULT,
    only: Iterable[date] | None = None,
) -> None:
    """Add these sums of kinds to the cells of a question, or `only` of these months."""
    sums = sorted((str(kind), name) for kind, name in wanted)
    kinds = {kind for kind, _name in sums}
    keys = question.grouping.columns
    # Without a group the kinds are the rows: fewer of them than there are cubes to read.
    found = grouped(question, base, kinds, model, only).values_list(*(keys or ["kind"]))
    columns = [_column(question, kind, name, len(kinds) > 1) for kind, name in sums]
    found = found.annotate(**{f"sum_{place}": column for place, column in enumerate(columns)})
    # A model counts in millionths.
    wholes = [1 if model == DEFAULT or name in _MONEY else WHOLE for _kind, name in sums]
    width = len(keys) or 1
    for row in found.order_by():
        key = key_of(row[: len(keys)])
        values = {
            what: value / whole if whole > 1 else plain(value)
            for what, value, whole in zip(sums, row[width:], wholes, strict=True)
            if value
        }
        # Most rows are the first of their key.
        if key in cells:
            cells[key].merge(Cell(values))
        else:
            cells[key] = Cell(values)


def key_of(values: Iterable[Any]) -> tuple[Any, ...]:
    """Empty words are "unknown", like a missing id."""
    return tuple(None if value == "" else value for value in values)


def plain(amount: Any) -> float:
    """Minor units: whole ones of the company's currency, with a fraction where they were
    converted."""
    if amount is None or isinstance(amount, int):
        return amount or 0
    return int(amount) if amount == int(amount) else float(amount)


class _Whole(Cast):
    """A whole number as the driver reads it: the ORM would look at each of thousands again."""

    def __init__(self, expression: Any) -> None:
        super().__init__(expression, BigIntegerField())

    @property
    def convert_value(self) -> Any:
        return self._convert_value_noop


def _column(question: Question, kind: str, name: str, is_one_of_many: bool) -> Any:
    """Money that cannot be told in this currency is not added up; the coverage tells of it."""
    only = Q(kind=kind) if is_one_of_many else Q()
    if name in _TOLD:
        only &= tellable(question.currency, "day")
    if name not in _MONEY:
        column = F(name if name in {"n", *_TOLD} else "flagged")
        return _Whole(Sum(column, filter=only or None))
    total = Sum(in_currency(question.currency, "day", name), filter=only or None)
    # A sum comes as a decimal, which takes longer to read.
    is_whole = question.currency == workspace_in_scope().currency
    return _Whole(total) if is_whole else total

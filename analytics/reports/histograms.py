"""Histograms out of rollups: they are added like numbers, and taken away like them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from django.db.models import Count, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from analytics.metrics.cells import Cell
from analytics.metrics.cells import Sum as What
from analytics.models import Fact
from analytics.reports.folding import REST
from analytics.reports.grouping import Grouping
from analytics.reports.question import Question
from analytics.reports.sums import Cells, grouped, key_of

_COLUMNS: Final = {"seconds": "histogram", "business_seconds": "business_histogram"}
# Between the words of a key, none of which has it.
_BETWEEN: Final = "\x1f"


def add_histograms(
    cells: Cells, question: Question, base: str, timed: Iterable[What], *, is_folded: bool
) -> None:
    """Add the histograms of these kinds to the cells. Where rows are folded, those that are not
    shown are not read: together they are what the shown ones leave of the whole."""
    wanted = set(timed)
    kinds = {kind for kind, _column in wanted}
    found = grouped(question, base, kinds)
    if not is_folded:
        _add(cells, found, question.grouping.columns, wanted)
        return
    shown: Cells = {}
    _add(shown, _of_keys(found, question, cells), question.grouping.columns, wanted)
    whole: Cells = {}
    alone = replace(question, grouping=Grouping(()))
    _add(whole, grouped(alone, base, kinds), [], wanted)
    rest = cells.setdefault(REST, Cell())
    for what, counts in whole.get((), Cell()).histograms.items():
        of_shown = sum(cell.histograms.get(what, 0) for cell in shown.values())
        rest.histograms[what] = counts - of_shown
    for key, cell in shown.items():
        cells.setdefault(key, Cell()).merge(cell)


def _add(cells: Cells, found: QuerySet[Any], keys: list[str], wanted: set[What]) -> None:
    columns = sorted({column for _kind, column in wanted})
    rows = found.values_list(*keys, "kind", *(_COLUMNS[column] for column in columns))
    # Many facts are alike; rollups hardly ever are.
    times: Any = Count("*") if found.model is Fact else Value(1)
    for *row, count in rows.annotate(times=times).order_by():
        cell = cells.setdefault(key_of(row[: len(keys)]), Cell())
        kind = row[len(keys)]
        for column, stored in zip(columns, row[len(keys) + 1 :], strict=True):
            if (kind, column) in wanted:
                cell.add_histogram((kind, column), stored, count)


def _of_keys(found: QuerySet[Any], question: Question, cells: Cells) -> QuerySet[Any]:
    """Those of the cells' keys. Compared as one text: so many are looked up in a set."""
    columns = question.grouping.columns
    words: list[Any] = [Coalesce(Cast(F(one), TextField()), Value("")) for one in columns]
    path = Func(Value(_BETWEEN), *words, function="concat_ws", output_field=TextField())
    paths = [
        _BETWEEN.join("" if one is None else str(one) for one in key)
        for key in cells
        if len(key) == len(columns) and key != REST
    ]
    return found.annotate(path=path).filter(path__in=paths)

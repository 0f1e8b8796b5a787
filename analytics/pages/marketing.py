"""The tree of origins: channel, campaign, advertisement, keyword."""

from dataclasses import replace
from typing import Any, Final

import orjson
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from analytics.metrics import metrics_of
from analytics.pages import layout
from analytics.pages.asking import Asked
from analytics.pages.table import Row, rows_of
from analytics.reports import answer
from analytics.reports.question import Question
from analytics.rollups import freshness

LEVELS: Final = ("source", "campaign", "ad", "term")
# What stands in a row besides the columns: a share after its number, hatching.
BESIDE: Final = ("acceptance", "ripeness")
# More rows than this under one row are not a tree any more: the others are told as one.
MOST: Final = 100


def branches(asked: Asked, rows: list[Row], level: int = 0) -> list[Row]:
    """The same rows, each with the address of those under it. What is not known has none."""
    for row in rows:
        row.level = level
        if level + 1 < len(LEVELS) and not row.is_unknown and not row.others:
            # What the others come to has no key, and is unknown as well.
            row.branch = f"{_address(asked)}?{asked.query(at=row.path)}"
    return rows


def branch_of(asked: Asked, at: str) -> list[Row]:
    """The rows under the row whose keys are `at`, a JSON list. Raises `ValidationError`."""
    above = _path(at)
    level = len(above)
    names = LEVELS[: level + 1]
    freshness.refresh(asked.question.first, asked.question.last)
    question = replace(
        _under(asked.question.grouped(LEVELS[level]), above), order=asked.sort, most=MOST
    )
    below = replace(asked, question=question)
    metrics = layout.shown(asked)
    beside = {*BESIDE, asked.sort.lstrip("-")}
    measured = [one for one in metrics_of(asked.report.name) if one in metrics or one.key in beside]
    found, _total = answer.table(question, measured)
    if asked.compared is not None:
        compared = _under(asked.compared.grouped(LEVELS[level]), above)
        before, _total = answer.table(compared, measured, among=found)
        answer.beside(found, before, question.grouping.keys)
    rows = rows_of(below, found, metrics, list(names))
    return branches(asked, rows, level)


def _under(question: Question, above: list[str]) -> Question:
    """Narrowed to one row of the tree."""
    document = {
        "all": [
            {"field": name, "op": "eq", "value": value}
            for name, value in zip(LEVELS, above, strict=False)
        ]
    }
    return question.narrowed(document)


def _path(text: str) -> list[str]:
    try:
        found: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = None
    is_path = isinstance(found, list) and all(isinstance(one, str) for one in found)
    if not is_path or not 0 < len(found) < len(LEVELS):
        raise ValidationError({"at": _("The keys of a row are needed, as JSON.")})
    return list(found)


def _address(asked: Asked) -> str:
    return reverse("reports:branch", args=[asked.slug, asked.report.name])

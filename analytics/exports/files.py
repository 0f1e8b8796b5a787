"""A report as a file, from what its page's address asks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from analytics.api.questions import question_of
from analytics.exports.sheets import sheets
from analytics.exports.writing import FORMATS, write
from analytics.metrics import metrics_of
from analytics.reports import reading
from analytics.reports.catalogue import Report
from analytics.reports.question import Question


@dataclass(frozen=True)
class File:
    """`document` is what it was made of."""

    name: str
    mime: str
    content: bytes
    question: Question
    document: dict[str, Any]


def file_of(
    report: Report, parameters: Mapping[str, Any], file_format: str, *, agent_id: UUID | None
) -> File:
    """`parameters` are those of the page; `columns` among them choose metrics. `file_format` is
    one of FORMATS. Raises `rest_framework.exceptions.ValidationError`."""
    question, compared = question_of(report, parameters, agent_id=agent_id)
    # Whoever takes a file along wants all of it.
    question = replace(question, most=None)
    document = reading.read(report, question, compared)
    chosen = str(parameters.get("columns") or "").split(",")
    known = {one.key: one for one in metrics_of(report.name)}
    metrics = [known[key] for key in chosen if key in known]
    content = write(sheets(question, document, metrics), file_format)
    name = f"{report.name}-{question.first}-{question.last}.{file_format}"
    return File(name, FORMATS[file_format], content, question, document)

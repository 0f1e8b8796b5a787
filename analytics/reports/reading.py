"""A report, whole."""

from typing import Any

from analytics.metrics import metrics_of
from analytics.reports import answer
from analytics.reports.catalogue import Report
from analytics.reports.coverage import coverage
from analytics.reports.question import Question
from analytics.rollups import freshness


def introduced(question: Question, behind: int = 0) -> dict[str, Any]:
    """What was asked, and how much of the truth the answer has seen."""
    return {
        "question": question.as_document(),
        "coverage": {**coverage(question), "events_behind": behind},
    }


def read(report: Report, question: Question, compared: Question | None = None) -> dict[str, Any]:
    """The document of a report, right up to this moment; with `compared`, beside another
    period."""
    beside = None if compared is None else (compared.first, compared.last)
    behind = freshness.refresh(question.first, question.last, beside=beside)
    metrics = metrics_of(report.name)
    document: dict[str, Any] = {
        "report": report.name,
        "metrics": [one.as_document() for one in metrics],
        **introduced(question, behind),
    }
    if report.instead is not None:
        return document | report.instead(question)
    metrics = [one for one in metrics if one.is_summed]
    rows, total = answer.table(question, metrics)
    document |= {"rows": rows, "total": total}
    if compared is not None:
        before, total_before = answer.table(compared, metrics, among=rows)
        answer.beside(rows, before, question.grouping.keys)
        document["previous"] = {"question": compared.as_document(), "total": total_before}
    if report.more is not None:
        document |= report.more(question)
    return document

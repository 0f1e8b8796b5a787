"""A smaller table of the same report by another dimension."""

from dataclasses import replace

from analytics.metrics import metrics_of
from analytics.pages.asking import Asked
from analytics.pages.table import Table, table
from analytics.reports import answer


def second_table(asked: Asked, dimension: str, keys: tuple[str, ...]) -> Table:
    """By a dimension, with these metrics of the report."""
    question = asked.question.grouped(dimension)
    metrics = [one for one in metrics_of(asked.report.name) if one.key in keys]
    document = {}
    document["rows"], document["total"] = answer.table(question, metrics)
    if asked.compared is not None:
        before, total = answer.table(
            asked.compared.grouped(dimension), metrics, among=document["rows"]
        )
        answer.beside(document["rows"], before, question.grouping.keys)
        document["previous"] = {"total": total}
    metrics.sort(key=lambda one: keys.index(one.key))
    return table(replace(asked, question=question, sort=""), document, metrics)

"""All metrics by their keys."""

from typing import Final

from analytics.metrics.metric import Metric
from analytics.metrics.of_broadcasts import METRICS as OF_BROADCASTS
from analytics.metrics.of_cohorts import METRICS as OF_COHORTS
from analytics.metrics.of_funnel import METRICS as OF_FUNNEL
from analytics.metrics.of_inquiries import METRICS as OF_INQUIRIES
from analytics.metrics.of_judgement import METRICS as OF_JUDGEMENT
from analytics.metrics.of_marketing import METRICS as OF_MARKETING
from analytics.metrics.of_people import METRICS as OF_PEOPLE
from analytics.metrics.of_ratings import METRICS as OF_RATINGS
from analytics.metrics.of_sales import METRICS as OF_SALES

METRICS: Final[dict[str, Metric]] = {
    one.key: one
    for one in (
        *(*OF_MARKETING, *OF_SALES, *OF_PEOPLE, *OF_INQUIRIES, *OF_RATINGS, *OF_JUDGEMENT),
        *(*OF_FUNNEL, *OF_COHORTS, *OF_BROADCASTS),
    )
}


def metric(key: str) -> Metric:
    """The metric of a key. Raises `KeyError`."""
    return METRICS[key]


def metrics_of(report: str) -> list[Metric]:
    """What a report carries, in its order."""
    return [one for one in METRICS.values() if report in one.reports]

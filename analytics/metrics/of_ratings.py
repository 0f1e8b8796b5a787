"""What customers think of conversations that are over."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from analytics.metrics.metric import Metric, Unit
from analytics.models import Kind

_REPORTS: Final = ("team", "inquiries", "channels")

METRICS: Final = (
    Metric(
        "rating", Unit.SCORE, _("Rating"),
        _("Customers’ marks from 1 to 5 for conversations that were closed, added up and divided "
          "by their number. Credited to who had the conversation, on the day of the question."),
        _REPORTS, "rating_points", "rated", base="event", better="more",
    ),
    Metric(
        "rated", Unit.COUNT, _("Ratings"),
        _("Customers’ marks for conversations that were closed, on the day of the question. A mark "
          "that is changed counts once, as it is now."),
        _REPORTS, "rated", base="event",
    ),
    Metric(
        "rated_share", Unit.RATIO, _("Rated, share"),
        _("Ratings divided by the questions that have left, of the same days."),
        _REPORTS, "rated", "rating_questions", kinds=(Kind.RATING_ASKED,), base="event",
        better="more",
    ),
)  # fmt: skip

"""When customers turn to us."""

from typing import Any

from django.db.models import Sum
from django.db.models.functions import ExtractIsoWeekDay

from analytics.models import Base, Kind
from analytics.reports.collecting import rollups
from analytics.reports.question import Question


def heat(question: Question) -> dict[str, Any]:
    """Inquiries by hour and day of the week (1 is Monday), in the company's time."""
    found = rollups(question, Base.EVENT, [Kind.INQUIRY]).annotate(weekday=ExtractIsoWeekDay("day"))
    counted = found.values_list("weekday", "hour").annotate(Sum("n")).order_by("weekday", "hour")
    return {
        "heat": [
            {"weekday": weekday, "hour": hour, "inquiries": count}
            for weekday, hour, count in counted
        ]
    }

"""When customers turn to us."""

from typing import Any

from analytics.models import Base, Kind
from analytics.reports.question import Question
from analytics.reports.slices import rollups
from analytics.rollups import histogram
from analytics.rollups.hours import hours_of


def heat(question: Question) -> dict[str, Any]:
    """Inquiries by hour and day of the week (1 is Monday), in the company's time."""
    found = rollups(question, Base.EVENT, [Kind.INQUIRY], [])
    counts = sum(histogram.unpack(stored) for stored in found.values_list("histogram", flat=True))
    return {
        "heat": [
            {"weekday": weekday, "hour": hour, "inquiries": count}
            for weekday, hour, count in hours_of(counts)
        ]
    }

"""When customers turn to us."""

from typing import Any, Final

from django.db.models import Sum
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from analytics.models import Base, Kind
from analytics.reports.collecting import facts
from analytics.reports.question import Question
from analytics.reports.slices import of_cube
from analytics.rollups import state
from analytics.rollups.cubes import HOURS, HOURS_IN_PLACES

# What the rollup by the hour knows.
_KNOWN: Final = frozenset({"channel", "team"})


def heat(question: Question) -> dict[str, Any]:
    """Inquiries by hour and day of the week (1 is Monday), in the company's time."""
    found: Any
    asked = {leaf.field.name for leaf in question.condition.leaves}
    if asked <= _KNOWN and question.agent_id is None:
        cube = HOURS_IN_PLACES if asked else HOURS
        found = of_cube(question, cube, Base.EVENT, [Kind.INQUIRY])
        found = found.annotate(weekday=ExtractIsoWeekDay("day"))
    else:
        found = facts(question, Base.EVENT, [Kind.INQUIRY]).filter(question.narrowing)
        found = found.annotate(
            weekday=ExtractIsoWeekDay("local_day"), hour=ExtractHour("at", tzinfo=state.zone())
        )
    counted = found.values_list("weekday", "hour").annotate(Sum("n")).order_by("weekday", "hour")
    return {
        "heat": [
            {"weekday": weekday, "hour": hour, "inquiries": count}
            for weekday, hour, count in counted
        ]
    }

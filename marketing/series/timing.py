"""When a step's moment comes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from marketing.models import SeriesStep


def moment_of(step: SeriesStep, after: datetime, zone: ZoneInfo) -> datetime:
    """The step's delay after a moment; with a time of the day, its first one from then on."""
    due = after + timedelta(minutes=step.delay_minutes)
    if step.at_time is None:
        return due
    local = due.astimezone(zone)
    at = datetime.combine(local.date(), step.at_time, zone)
    return (
        at
        if at >= local
        else datetime.combine(local.date() + timedelta(days=1), step.at_time, zone)
    )

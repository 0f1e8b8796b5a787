"""Which reports there are, how they may be grouped, and what they begin with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from analytics.models import Base
from analytics.reports import cohorts, funnel, inquiries
from analytics.reports.question import Question

More = Callable[[Question], dict[str, Any]]

_TIME: Final = ("day", "week", "month", "weekday")
_ORIGIN: Final = ("source", "medium", "campaign", "ad")


@dataclass(frozen=True)
class Report:
    """`own`: whether an agent may read it of their own numbers. `more` adds to its document,
    `instead` makes the whole of it."""

    name: str
    groups: tuple[str, ...]
    group: str
    base: str = Base.BIRTH
    own: bool = False
    more: More | None = None
    instead: More | None = None


REPORTS: Final[dict[str, Report]] = {
    one.name: one
    for one in (
        Report("marketing", (*_ORIGIN, *_TIME, "channel", "owner", "team", "pipeline"), "source"),
        Report(
            "sales",
            ("owner", "team", "pipeline", *_ORIGIN, *_TIME, "channel", "stage", "loss_reason"),
            "owner",
            own=True,
        ),
        Report("team", ("owner", "team", "channel", *_TIME), "owner", base=Base.EVENT, own=True),
        Report(
            "inquiries",
            ("channel", "team", "owner", *_ORIGIN, *_TIME),
            "channel",
            base=Base.EVENT,
            more=inquiries.heat,
        ),
        Report("channels", ("channel", *_TIME), "channel"),
        Report("overview", (*_TIME, "source", "channel", "owner", "pipeline"), "day"),
        Report("funnel", (), "", instead=funnel.funnel),
        Report("cohorts", ("first_contact", "first_purchase"), "", instead=cohorts.cohorts),
    )
}

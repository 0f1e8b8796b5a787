"""Which reports there are, how they may be grouped, and what they begin with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.models import Base
from analytics.reports import (
    broadcasts,
    cohort_rows,
    cohorts,
    funnel,
    inquiries,
    losses,
    periods,
)
from analytics.reports.drilldown import Opens
from analytics.reports.question import Question

More = Callable[[Question], dict[str, Any]]

_TIME: Final = ("day", "week", "month", "weekday")
_ORIGIN: Final = ("source", "medium", "campaign", "ad", "term")


@dataclass(frozen=True)
class Report:
    """`own`: whether an agent may read it of their own numbers. `more` adds to its document,
    `instead` makes the whole of it. `divides`: whether credit among touches shows in it;
    `compares`: whether it can stand beside another period; `bases`: whether its date base can be
    chosen; `tree`: whether the rows of its first group open into those of the next; `filters`:
    whether conditions can be asked of it; `opens`: metrics of its own whose rows it knows;
    `period`: what it is of unless something else is asked."""

    name: str
    label: str | Promise
    groups: tuple[str, ...]
    group: str
    base: str = Base.BIRTH
    own: bool = False
    more: More | None = None
    instead: More | None = None
    divides: bool = True
    compares: bool = True
    bases: bool = True
    tree: bool = False
    filters: bool = True
    opens: Mapping[str, Opens] = field(default_factory=dict)
    period: str = periods.USUAL


REPORTS: Final[dict[str, Report]] = {
    one.name: one
    for one in (
        Report(
            "overview", _("Overview"), (*_TIME, "source", "channel", "owner", "pipeline"), "day"
        ),
        Report(
            "inquiries",
            _("Inquiries"),
            ("channel", "team", "owner", *_ORIGIN, *_TIME),
            "channel",
            base=Base.EVENT,
            more=inquiries.heat,
        ),
        Report(
            "team",
            _("Team"),
            ("owner", "team", "channel", *_TIME),
            "owner",
            base=Base.EVENT,
            own=True,
            divides=False,
        ),
        Report(
            "funnel",
            _("Funnel"),
            (),
            "",
            instead=funnel.funnel,
            divides=False,
            compares=False,
            opens={
                "reached": funnel.reached,
                "stage_now": funnel.here,
                "stage_now_amount": funnel.here,
                "forecast": funnel.here,
            },
        ),
        Report(
            "sales",
            _("Sales"),
            ("owner", "team", "pipeline", *_ORIGIN, *_TIME, "channel", "stage", "loss_reason"),
            "owner",
            own=True,
        ),
        Report(
            "marketing",
            pgettext_lazy("report", "Marketing"),
            (*_ORIGIN, *_TIME, "channel", "owner", "team", "pipeline"),
            "source",
            tree=True,
        ),
        Report(
            "cohorts",
            _("Cohorts"),
            ("first_contact", "first_purchase"),
            "",
            instead=cohorts.cohorts,
            divides=False,
            compares=False,
            filters=False,
            bases=False,
            opens={
                "cohort_contacts": cohort_rows.contacts,
                "cohort_customers": cohort_rows.customers,
                "cohort_orders": cohort_rows.orders,
            },
            period="last_12_months",
        ),
        Report(
            "broadcasts",
            _("Broadcasts"),
            (),
            "",
            base=Base.EVENT,
            instead=broadcasts.broadcasts,
            divides=False,
            compares=False,
            filters=False,
            opens=broadcasts.OPENS,
        ),
        Report(
            "ground",
            _("Common ground"),
            (*_ORIGIN, *_TIME, "channel", "owner", "team", "pipeline", "loss_reason"),
            "source",
            more=losses.losses,
            opens={"lost_money": losses.deals},
        ),
        Report("channels", _("Channels"), ("channel", *_TIME), "channel", divides=False),
    )
}

"""Why somebody is not in a series any more, and what a step may ask for."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FINISHED: Final = "finished"
UNSUBSCRIBED: Final = "unsubscribed"
BLOCKED: Final = "blocked"
CONDITIONS: Final = "conditions"
STOPPED: Final = "stopped"
REMOVED: Final = "removed"
PRESENT: Final = "present"

LEFT: Final = {
    FINISHED: pgettext_lazy("left a series", "Came to the end"),
    UNSUBSCRIBED: pgettext_lazy("left a series", "Unsubscribed"),
    BLOCKED: pgettext_lazy("left a series", "Blocked"),
    CONDITIONS: pgettext_lazy("left a series", "Did not fit a step"),
    STOPPED: pgettext_lazy("left a series", "The series was stopped"),
    REMOVED: pgettext_lazy("left a series", "Taken out by hand"),
    PRESENT: pgettext_lazy("left a series", "Was there before the start"),
}
GOALS: Final = {
    "answered": pgettext_lazy("goal", "Wrote to us"),
    "clicked": pgettext_lazy("goal", "Followed a link"),
    "deal_created": pgettext_lazy("goal", "A deal was opened"),
    "deal_won": pgettext_lazy("goal", "A deal was won"),
    "deal_stage": pgettext_lazy("goal", "A deal came to a stage"),
    "conditions": pgettext_lazy("goal", "Fulfils conditions"),
}
REQUIRES: Final = {
    "not_answered": _("Did not answer"),
    "answered": _("Answered"),
    "not_read": _("Did not read the message before"),
    "read": _("Read the message before"),
    "not_clicked": _("Followed no link"),
    "clicked": _("Followed a link"),
    "no_open_deal": _("Has no open deal"),
    "has_open_deal": _("Has an open deal"),
}


def words_of(reason: str) -> str:
    """For people: why somebody left, or the goal that they reached."""
    return str(LEFT.get(reason) or GOALS.get(reason) or reason)

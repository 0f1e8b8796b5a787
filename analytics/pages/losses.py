"""Sides and faults of lost money in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SIDE_WORDS: Final[dict[str, str | Promise]] = {
    "source": pgettext_lazy("lost money", "Source"),
    "handling": pgettext_lazy("lost money", "Handling"),
    "both": pgettext_lazy("lost money", "Both sides"),
    "offer": pgettext_lazy("lost money", "Offer"),
    "undecided": pgettext_lazy("lost money", "Not decided yet"),
}
FAULT_WORDS: Final[dict[str | None, str | Promise]] = {
    "never_answered": _("never answered"),
    "answered_late": _("answered late"),
    "task_overdue": _("task overdue"),
    # Of what is not decided: handled as promised, and disputed.
    None: _("disputed"),
}

"""Words of broadcasts: {% span_words seconds %}, {% weekday_words days %}, {% metric_words x %}."""

from collections.abc import Iterable
from math import ceil
from typing import Final

from django import template
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

register = template.Library()

METRICS: Final = {
    "read": gettext_noop("By how many read it"),
    "answered": gettext_noop("By how many answered"),
    "clicked": gettext_noop("By how many followed a link"),
}


@register.simple_tag
def metric_words(name: str) -> str:
    """By what the best version is chosen."""
    return _(METRICS.get(name, name))


@register.simple_tag
def span_words(seconds: float) -> str:
    """ "under a minute", "12 min", "3 h"."""
    minutes = ceil(seconds / 60)
    if minutes <= 1:
        return _("under a minute")
    if minutes < 120:
        return _("%(count)d min") % {"count": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return _("%(count)d h") % {"count": hours}
    days = round(hours / 24)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


@register.simple_tag
def weekday_words(days: Iterable[int]) -> str:
    """ "Mon, Tue, Fri" of 1, 2, 5."""
    return ", ".join(str(WEEKDAYS_ABBR[day - 1]) for day in sorted(days) if 1 <= day <= 7)

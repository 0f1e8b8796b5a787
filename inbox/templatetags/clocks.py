"""{% waiting_clock since %}: how long a customer has waited for a reply."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.templatetags.icons import icon
from inbox.promises import PROMISED_REPLY, RISK_AT

register = template.Library()


@register.simple_tag
def waiting_clock(since: datetime | None) -> SafeString | str:
    """How long the customer has waited for an answer; the browser keeps it going."""
    if since is None:
        return ""
    passed = timezone.now() - since
    state, words = "", _("Waits for a reply")
    if passed >= PROMISED_REPLY:
        state, words = "clock--late", _("The reply is overdue")
    elif passed >= PROMISED_REPLY * RISK_AT:
        state, words = "clock--risk", _("The reply is at risk")
    return format_html(
        '<waiting-clock class="clock {}" since="{}" promised="{}" risk-at="{}" title="{}"'
        ' data-calm="{}" data-risk="{}" data-late="{}">{}<span class="visually-hidden">{}: </span>'
        "<span data-time>{}</span></waiting-clock>",
        state,
        since.isoformat(timespec="seconds"),
        int(PROMISED_REPLY.total_seconds()),
        RISK_AT,
        words,
        _("Waits for a reply"),
        _("The reply is at risk"),
        _("The reply is overdue"),
        icon("clock"),
        words,
        _duration(int(passed.total_seconds())),
    )


def _duration(seconds: int) -> str:
    """The twin of static/js/elements/waiting_clock.js."""
    units = (
        (86400, pgettext("short unit", "d")),
        (3600, pgettext("short unit", "h")),
        (60, pgettext("short unit", "min")),
    )
    size, unit = next((pair for pair in units if seconds >= pair[0]), units[-1])
    return f"{number_format(max(seconds, 0) // size)}\N{NO-BREAK SPACE}{unit}"

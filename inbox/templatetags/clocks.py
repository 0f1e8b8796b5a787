"""{% waiting_clock since %}: how long a customer has waited for a reply."""

from datetime import datetime
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from core.templatetags.icons import icon
from inbox.promises import PROMISED_REPLY, RISK_AT

register = template.Library()


@register.simple_tag
def waiting_clock(since: datetime | None) -> SafeString | str:
    """How long the customer has waited for an answer; the browser keeps it going."""
    if since is None:
        return ""
    passed = timezone.now() - since
    state = ""
    if passed >= PROMISED_REPLY:
        state = "clock--late"
    elif passed >= PROMISED_REPLY * RISK_AT:
        state = "clock--risk"
    opening, middle = _frame(state, get_language())
    return format_html(
        '{}since="{}"{}<span data-time>{}</span></waiting-clock>',
        opening,
        since.isoformat(timespec="seconds"),
        middle,
        _duration(int(passed.total_seconds())),
    )


@lru_cache(maxsize=16)
def _frame(state: str, _language: str | None) -> tuple[SafeString, SafeString]:
    """All of a clock that only its state decides, before and after its moment. A list draws fifty
    of them."""
    calm, risk, late = _("Waits for a reply"), _("The reply is at risk"), _("The reply is overdue")
    words = {"": calm, "clock--risk": risk, "clock--late": late}[state]
    middle = format_html(
        ' promised="{}" risk-at="{}" title="{}" data-calm="{}" data-risk="{}" data-late="{}">{}'
        '<span class="visually-hidden">{}: </span>',
        int(PROMISED_REPLY.total_seconds()), RISK_AT, words, calm, risk, late, icon("clock"), words,
    )  # fmt: skip
    return format_html('<waiting-clock class="clock {}" ', state), middle


def _duration(seconds: int) -> str:
    """The twin of static/js/elements/waiting_clock.js."""
    units = (
        (86400, pgettext("short unit", "d")),
        (3600, pgettext("short unit", "h")),
        (60, pgettext("short unit", "min")),
    )
    size, unit = next((pair for pair in units if seconds >= pair[0]), units[-1])
    return f"{number_format(max(seconds, 0) // size)}\N{NO-BREAK SPACE}{unit}"

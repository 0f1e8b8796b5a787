"""{% window_clock window channel has_templates %}: how long one may still write freely."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from channels_connectors.models import Channel
from channels_connectors.registry import connector_class
from inbox.windows import Window

register = template.Library()

LENGTH = 47.1  # of the ring's line: 2π · 7.5


@register.simple_tag
def window_clock(window: Window, channel: Channel, has_templates: bool) -> SafeString | str:
    """A ring and a sentence; the browser keeps both going and asks again when the time is up."""
    closes_at = window.closes_at
    if closes_at is None:
        return ""
    left = closes_at - timezone.now()
    part = max(0.0, min(1.0, left.total_seconds() / (window.hours * 3600)))
    words = (
        _("The %(channel)s window is open for another {time}, then templates only")
        if has_templates
        else _("The %(channel)s window is open for another {time}, then the customer must write")
    ) % {"channel": _kind(channel)}
    before, _brace, after = words.partition("{time}")
    return format_html(
        '<window-clock class="composer__window" role="status" closes="{}" hours="{}">'
        '<svg class="composer__ring" viewBox="0 0 20 20" fill="none" stroke-width="2.5"'
        ' aria-hidden="true"><circle cx="10" cy="10" r="7.5" stroke="currentColor"'
        ' opacity=".25"/><circle cx="10" cy="10" r="7.5" stroke="currentColor"'
        ' stroke-dasharray="{} {}" stroke-linecap="round" data-ring/></svg>'
        "<span>{}<b data-time>{}</b>{}</span></window-clock>",
        closes_at.isoformat(timespec="seconds"),
        window.hours,
        f"{part * LENGTH:.1f}",
        LENGTH,
        before,
        _duration(closes_at),
        after,
    )


def _kind(channel: Channel) -> str:
    try:
        return str(connector_class(channel.kind).label)
    except KeyError:
        return channel.name


def _duration(closes_at: datetime) -> str:
    """The twin of static/js/elements/window_clock.js: 3 h 12 min."""
    minutes = max(1, int((closes_at - timezone.now()).total_seconds()) // 60)
    hours, rest = divmod(minutes, 60)
    space = "\N{NO-BREAK SPACE}"
    pieces = []
    if hours:
        pieces += [number_format(hours), pgettext("short unit", "h")]
    if rest or not hours:
        pieces += [number_format(rest), pgettext("short unit", "min")]
    return space.join(pieces)

"""{% local_time value "short" %}: a moment that the browser rewrites in the viewer's zone."""

from datetime import UTC, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.times import format_time

register = template.Library()


@register.simple_tag
def local_time(value: datetime | None, style: str = "datetime", css: str = "") -> SafeString | str:
    """A <local-time> element; nothing for None. Styles: time, date, datetime, day, short."""
    if value is None:
        return ""
    return format_html(
        '<local-time class="{}" datetime="{}" format="{}">{}</local-time>'
        if css
        else '<local-time{} datetime="{}" format="{}">{}</local-time>',
        css,
        value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        style,
        format_time(value, style),
    )

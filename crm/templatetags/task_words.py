"""Tasks in words: {{ task|due_words }}, {% task_icon task %}."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.templatetags.icons import icon
from crm.models import Task
from workspaces.zones import zone

register = template.Library()

ICONS: Final = {"call": "phone", "write": "send", "meet": "people", "other": "task"}


@register.filter
def due_words(task: Task) -> str:
    """By when, as people say it: "Today until 13:00", "26 November"."""
    wall = task.due_at.astimezone(zone())
    day = _day(wall.date())
    return (
        _("%(day)s until %(time)s") % {"day": day, "time": f"{wall:%H:%M}"}
        if task.has_time
        else day
    )


@register.filter
def due_class(task: Task) -> str:
    """The colour of its due: late, today or neither."""
    if task.is_done:
        return "faint"
    if task.is_overdue:
        return "danger"
    is_today = task.due_at.astimezone(zone()).date() == _today()
    return "warning" if is_today else "muted"


@register.filter
def due_hour(task: Task) -> str:
    """The hour alone, where the day is said already."""
    return f"{task.due_at.astimezone(zone()):%H:%M}" if task.has_time else _("All day")


@register.filter
def due_day(task: Task) -> str:
    """The day as a form wants it."""
    return f"{task.due_at.astimezone(zone()):%Y-%m-%d}"


@register.filter
def as_day(day: date) -> str:
    """A day as people say it."""
    return _day(day)


@register.filter
def weekday(day: date) -> str:
    """The day of the week and of the month: "Mon 30"."""
    return date_format(day, "D j")


@register.simple_tag
def task_icon(task: Task) -> SafeString:
    """The sign of its kind."""
    found: SafeString = icon(
        ICONS.get(task.kind, "task"), "icon--small", str(task.get_kind_display())
    )
    return found


def _today() -> date:
    return timezone.now().astimezone(zone()).date()


def _day(day: date) -> str:
    today = _today()
    near = {-1: _("Yesterday"), 0: _("Today"), 1: _("Tomorrow")}.get((day - today).days)
    if near:
        return near
    return date_format(day, "j E" if day.year == today.year else "j E Y")


@register.inclusion_tag("crm/tasks/_frame.html", takes_context=True)
def task_section(context: Any, kind: str, key: UUID) -> dict[str, Any]:
    """The section "Tasks" on the page of a deal or a contact: {% task_section "deal" deal.pk %}."""
    slug = context["request"].workspace.slug
    return {
        "key": key,
        "url": reverse(f"tasks:of-{kind}", args=[slug, key]),
        "changed": f"{kind}_tasks:{key}",
    }

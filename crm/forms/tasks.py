"""Forms of tasks."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm import quick_words
from crm.models import Task
from crm.repeats import at_days_end
from workspaces.models import Membership
from workspaces.permissions import RIGHTS, Verb
from workspaces.zones import zone

REMINDERS: Final = [
    ("", _("Do not remind")),
    ("0", _("At the time")),
    ("10", _("10 minutes before")),
    ("60", _("An hour before")),
    ("1440", _("A day before")),
]


class NewTaskForm(forms.Form):
    """One line, from which day and hour are read unless they are given."""

    text = forms.CharField(label=_("What to do"), max_length=500)
    day = forms.DateField(label=_("Day"), required=False)
    hour = forms.TimeField(label=_("Time"), required=False)
    owner = forms.UUIDField(required=False)

    def values(self) -> dict[str, Any]:
        """What `create_task` takes. Call after `is_valid`."""
        asked = self.cleaned_data
        place = zone()
        quick = quick_words.read(asked["text"], now=timezone.now(), zone=place)
        day, hour = asked["day"], asked["hour"]
        if day is None and hour is None:
            due, has_time, text = quick.due_at, quick.has_time, quick.text
        else:
            day = day or timezone.now().astimezone(place).date()
            due, has_time = _due(day, hour), hour is not None
            text = asked["text"]
        return {"text": text, "due_at": due, "has_time": has_time, "kind": quick.kind}


class TaskForm(forms.Form):
    """A task's own form."""

    text = forms.CharField(label=_("What to do"), max_length=500)
    kind = forms.ChoiceField(label=pgettext_lazy("task", "Kind"), choices=Task.Kind.choices)
    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    hour = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    reminder = forms.ChoiceField(label=_("Reminder"), choices=REMINDERS, required=False)
    repeat = forms.ChoiceField(label=_("Repeats"), choices=Task.Repeat.choices, required=False)
    owner: Any = forms.ModelChoiceField(
        label=pgettext_lazy("task", "Responsible"),
        queryset=None,
        required=False,
        empty_label=pgettext_lazy("task", "Nobody"),
    )

    def __init__(self, data: Any = None, *, task: Task) -> None:
        self.task = task
        super().__init__(data, initial=_initial(task), auto_id=f"task_{task.pk.hex}_%s")
        self.fields["owner"].queryset = workers()  # type: ignore[attr-defined]
        self.fields["owner"].label_from_instance = lambda one: one.name  # type: ignore[attr-defined]
        lead = self.initial["reminder"]
        if lead not in dict(REMINDERS):
            # One of its own, by the API: kept unless another is chosen.
            choices = [*REMINDERS, (lead, _("As it is"))]
            self.fields["reminder"].choices = choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What `update_task` takes. Call after `is_valid`."""
        asked = self.cleaned_data
        due = _due(asked["day"], asked["hour"])
        values = {name: asked[name] for name in ("text", "kind", "repeat", "owner")}
        values |= {"due_at": due, "has_time": asked["hour"] is not None}
        if "reminder" in self.changed_data:
            lead = asked["reminder"]
            values["remind_at"] = due - timedelta(minutes=int(lead)) if lead else None
        return values


def workers() -> Any:
    """Members to whom a task may be given."""
    roles = [role for role, rights in RIGHTS.items() if Verb.WRITE_DEALS in rights]
    return Membership.objects.active().with_user().filter(role__in=roles).order_by("user__name")


def _due(day: date, hour: Any) -> datetime:
    if hour is None:
        return at_days_end(day, zone())
    return datetime.combine(day, hour, zone())


def _initial(task: Task) -> dict[str, Any]:
    wall = task.due_at.astimezone(zone())
    lead = ""
    if task.remind_at is not None:
        lead = str(int((task.due_at - task.remind_at).total_seconds() // 60))
    return {
        "text": task.text,
        "kind": task.kind,
        "day": wall.date(),
        "hour": wall.time() if task.has_time else None,
        "reminder": lead,
        "repeat": task.repeat,
        "owner": task.owner_id,
    }

"""When a broadcast is sent, and where the answers go."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketing.models import Broadcast
from workspaces.models import Membership, Team
from workspaces.zones import zone

WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]


class ScheduleForm(forms.Form):
    """The start, the hours, and who gets the answers. Times are the workspace's."""

    schedule = forms.ChoiceField(
        label=_("Start"),
        choices=[
            (Broadcast.Schedule.NOW, _("At once")),
            (Broadcast.Schedule.AT, _("At a time")),
            (Broadcast.Schedule.LOCAL, _("At a time of each customer’s own day")),
        ],
        widget=forms.RadioSelect,
    )
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    hour = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    has_window = forms.BooleanField(label=_("Only in some hours"), required=False)
    window_from = forms.TimeField(
        label=_("From"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    window_to = forms.TimeField(
        label=_("To"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    zone = forms.ChoiceField(
        label=_("By whose clock"),
        choices=[
            (Broadcast.Zone.WORKSPACE, _("By the company’s")),
            (Broadcast.Zone.CONTACT, _("By the customer’s, where it is known")),
        ],
        widget=forms.RadioSelect,
    )
    reply_team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        label=_("Team"), queryset=None, required=False, empty_label=_("As the channel says")
    )
    reply_assignee: "forms.ModelChoiceField[Membership]" = forms.ModelChoiceField(
        label=_("Agent"), queryset=None, required=False, empty_label=_("As the team says")
    )
    unknown_policy = forms.ChoiceField(
        label=pgettext_lazy("unknown policy", "Where it is not known whether it arrived"),
        choices=Broadcast.UnknownPolicy.choices,
        widget=forms.RadioSelect,
        help_text=_("Sending again may bring the same message twice."),
    )

    def __init__(self, data: Any = None, *, broadcast: Broadcast) -> None:
        super().__init__(data, initial=_initial(broadcast))
        self.fields["reply_team"].queryset = Team.objects.order_by("name")  # type: ignore[attr-defined]
        members = Membership.objects.active().select_related("user").order_by("user__name")
        self.fields["reply_assignee"].queryset = members  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A time is a day and an hour to come; hours have both of their ends."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("schedule") not in {None, Broadcast.Schedule.NOW}:
            if not said.get("day") or not said.get("hour"):
                if not {"day", "hour"} & set(self.errors):
                    self.add_error("day", _("Say the day and the time."))
            elif self._moment(said) <= timezone.now():
                self.add_error("day", _("This time is over."))
        if said.get("has_window") and not (said.get("window_from") and said.get("window_to")):
            self.add_error("has_window", _("Say from when to when."))
        return said

    @property
    def values(self) -> dict[str, Any]:
        """What the verbs on broadcasts take."""
        said = self.cleaned_data
        window = None
        if said["has_window"]:
            window = {"from": f"{said['window_from']:%H:%M}", "to": f"{said['window_to']:%H:%M}"}
            if 0 < len(said["weekdays"]) < len(WEEKDAYS):
                window["weekdays"] = sorted(said["weekdays"])
        waits = said["schedule"] != Broadcast.Schedule.NOW
        is_local = said["schedule"] == Broadcast.Schedule.LOCAL
        return {
            "schedule": said["schedule"],
            "starts_at": self._moment(said) if waits else None,
            "window": window,
            # Who is written to at an hour of their own day has hours of that day too.
            "zone": Broadcast.Zone.CONTACT if is_local else said["zone"],
            "reply_team": said["reply_team"],
            "reply_assignee": said["reply_assignee"],
            "unknown_policy": said["unknown_policy"],
        }

    @staticmethod
    def _moment(said: dict[str, Any]) -> datetime:
        return datetime.combine(said["day"], said["hour"], zone())


def _initial(broadcast: Broadcast) -> dict[str, Any]:
    window = broadcast.window or {}
    starts_at = broadcast.starts_at.astimezone(zone()) if broadcast.starts_at else None
    return {
        "schedule": broadcast.schedule,
        "day": starts_at.date() if starts_at else None,
        "hour": starts_at.time() if starts_at else None,
        "has_window": bool(window),
        "window_from": window.get("from") or "10:00",
        "window_to": window.get("to") or "20:00",
        "weekdays": window.get("weekdays") or [number for number, _label in WEEKDAYS],
        "zone": broadcast.zone,
        "reply_team": broadcast.reply_team_id,
        "reply_assignee": broadcast.reply_assignee_id,
        "unknown_policy": broadcast.unknown_policy,
    }

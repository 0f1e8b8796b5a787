"""Forms of series: how people come in and go, and when a step comes."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels_connectors.models import Channel
from contacts.models import Label
from contacts.vocabulary import CONTACTS
from core.conditions.builder import Builder
from crm.models import Pipeline, Stage
from marketing.forms.cap import CapForm, cap_initial
from marketing.forms.schedule import WEEKDAYS
from marketing.forms.segments import builder_of
from marketing.models import Broadcast, Segment, Series, SeriesStep
from marketing.series import reasons
from marketing.shares import usable_channels
from workspaces.models import Membership, Team

MINUTES: Final = {"minutes": 1, "hours": 60, "days": 24 * 60}
# Goals that need nothing but a tick.
PLAIN_GOALS: Final = [
    (kind, label)
    for kind, label in reasons.GOALS.items()
    if kind not in {"deal_stage", "conditions"}
]
_TIME: Final = {"widget": forms.TimeInput({"type": "time"}, "%H:%M"), "required": False}


class SeriesForm(CapForm):
    """All of a series but its steps. `builder` asks who of those who come in is meant."""

    name = forms.CharField(label=pgettext_lazy("series", "Name"), max_length=120)
    trigger = forms.ChoiceField(
        label=_("Who comes in"), choices=Series.Trigger.choices, widget=forms.RadioSelect
    )
    segment: "forms.ModelChoiceField[Segment]" = forms.ModelChoiceField(
        label=_("Segment"), queryset=None, required=False, empty_label=_("Choose")
    )
    takes_present = forms.BooleanField(label=_("Also those who are in it already"), required=False)
    pipeline: "forms.ModelChoiceField[Pipeline]" = forms.ModelChoiceField(
        label=_("Pipeline"),
        queryset=None,
        required=False,
        empty_label=pgettext_lazy("pipeline", "Any"),
    )
    stage: "forms.ModelChoiceField[Stage]" = forms.ModelChoiceField(
        label=_("Stage"), queryset=None, required=False, empty_label=_("Choose")
    )
    label: "forms.ModelChoiceField[Label]" = forms.ModelChoiceField(
        label=_("Label"), queryset=None, required=False, empty_label=_("Choose"),
        to_field_name="name",
    )  # fmt: skip
    of_channel: "forms.ModelChoiceField[Channel]" = forms.ModelChoiceField(
        label=_("Only on the channel"), queryset=None, required=False, empty_label=_("Any channel")
    )
    goals = forms.MultipleChoiceField(
        label=_("What ends it"), choices=PLAIN_GOALS, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    goal_stage: "forms.ModelChoiceField[Stage]" = forms.ModelChoiceField(
        label=_("A deal came to the stage"), queryset=None, required=False,
        empty_label=pgettext_lazy("stage", "None"),
    )  # fmt: skip
    goal_segment: "forms.ModelChoiceField[Segment]" = forms.ModelChoiceField(
        label=_("The customer came into the segment"), queryset=None, required=False,
        empty_label=pgettext_lazy("segment", "None"),
    )  # fmt: skip
    again = forms.BooleanField(label=_("May come in again"), required=False)
    reentry_days = forms.IntegerField(
        label=_("Days after leaving"), min_value=0, max_value=3650, required=False
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    has_window = forms.BooleanField(label=_("Only in some hours"), required=False)
    window_from = forms.TimeField(label=_("From"), **_TIME)
    window_to = forms.TimeField(label=_("To"), **_TIME)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"), choices=WEEKDAYS, coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    zone = forms.ChoiceField(
        label=_("By whose clock"),
        choices=[
            (Broadcast.Zone.WORKSPACE, _("By the company’s")),
            (Broadcast.Zone.CONTACT, _("By the customer’s, where it is known")),
        ],
        widget=forms.RadioSelect,
    )
    consent_policy = forms.ChoiceField(
        label=_("Whom to write to"), choices=Broadcast.ConsentPolicy.choices,
        widget=forms.RadioSelect,
    )  # fmt: skip
    reply_team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        label=_("Team"), queryset=None, required=False, empty_label=_("As the channel says")
    )
    reply_assignee: "forms.ModelChoiceField[Membership]" = forms.ModelChoiceField(
        label=_("Agent"), queryset=None, required=False, empty_label=_("As the team says")
    )

    def __init__(self, data: Any = None, *, series: Series | None = None) -> None:
        self.series = series
        super().__init__(data, initial=_initial(series))
        stages = Stage.objects.select_related("pipeline").order_by("pipeline__position", "position")
        segments = Segment.objects.listed().order_by("name")
        querysets: dict[str, Any] = {
            "segment": segments,
            "goal_segment": segments,
            "pipeline": Pipeline.objects.order_by("position"),
            "stage": stages,
            "goal_stage": stages,
            "label": Label.objects.order_by("name"),
            "of_channel": usable_channels(),
            "reply_team": Team.objects.order_by("name"),
            "reply_assignee": Membership.objects.active()
            .select_related("user")
            .order_by("user__name"),
        }
        for name, queryset in querysets.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        for name in ("stage", "goal_stage"):
            self.fields[name].label_from_instance = _stage_words  # type: ignore[attr-defined]
        chosen = [str(pk) for pk in series.channels] if series else []
        known = {str(channel.pk): channel.name for channel in usable_channels()}
        # In the order of preference, the others behind them.
        order = [pk for pk in chosen if pk in known] + [pk for pk in known if pk not in chosen]
        self.fields["channels"].choices = [(pk, known[pk]) for pk in order]  # type: ignore[attr-defined]
        if data is not None:
            self.builder = Builder.from_text(str(data.get("filter") or ""), CONTACTS)
        else:
            self.builder = builder_of(series.conditions if series else {})
        if series is not None and series.status == Series.Status.RUNNING:
            for name in ("trigger", "segment", "takes_present", "pipeline", "stage", "label",
                         "of_channel"):  # fmt: skip
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        """Hours have both of their ends; conditions that cannot be read are told of."""
        said = super().clean()
        if self.builder.error is not None:
            self.add_error(None, self.builder.error.messages)
        if said.get("has_window") and not (said.get("window_from") and said.get("window_to")):
            self.add_error("has_window", _("Say from when to when."))
        if said.get("again") and said.get("reentry_days") is None:
            self.add_error("reentry_days", _("Say after how many days."))
        return said

    @property
    def values(self) -> dict[str, Any]:
        """What the verbs on series take."""
        said = self.cleaned_data
        window = None
        if said["has_window"]:
            window = {"from": f"{said['window_from']:%H:%M}", "to": f"{said['window_to']:%H:%M}"}
            if 0 < len(said["weekdays"]) < len(WEEKDAYS):
                window["weekdays"] = sorted(said["weekdays"])
        # Ticks come in the order of the page; a browser keeps it.
        chosen = set(said["channels"])
        order = self.data.getlist("channels") if self.data else []
        values: dict[str, Any] = {
            "name": said["name"].strip(),
            "conditions": self.builder.document,
            "goals": self._goals(),
            "reentry_days": said["reentry_days"] if said["again"] else None,
            "channels": [pk for pk in dict.fromkeys(order) if pk in chosen],
            "window": window,
            "zone": said["zone"],
            "frequency_cap": self.cap,
            "consent_policy": said["consent_policy"],
            "reply_team": said["reply_team"],
            "reply_assignee": said["reply_assignee"],
        }
        if not self.fields["trigger"].disabled:
            values |= self._entry()
        return values

    def _entry(self) -> dict[str, Any]:
        said, trigger = self.cleaned_data, Series.Trigger
        settings = {
            "stage": said["stage"].pk
            if said["stage"] and said["trigger"] == trigger.DEAL_MOVED
            else "",
            "pipeline": said["pipeline"].pk
            if said["pipeline"] and said["trigger"] == trigger.DEAL_CREATED
            else "",
            "label": said["label"].name
            if said["label"] and said["trigger"] == trigger.LABEL_ADDED
            else "",
            "channel": said["of_channel"].pk
            if said["of_channel"] and said["trigger"] == trigger.CONVERSATION_CLOSED
            else "",
        }
        is_segment = said["trigger"] == trigger.SEGMENT
        return {
            "trigger": said["trigger"],
            "trigger_settings": {name: str(value) for name, value in settings.items() if value},
            "segment": said["segment"] if is_segment else None,
            "takes_present": said["takes_present"],
        }

    def _goals(self) -> list[dict[str, Any]]:
        said = self.cleaned_data
        goals: list[dict[str, Any]] = [{"kind": kind} for kind in said["goals"]]
        if said["goal_stage"]:
            goals.append({"kind": "deal_stage", "stage": str(said["goal_stage"].pk)})
        if said["goal_segment"]:
            asked = {"field": "segment", "op": "has", "value": str(said["goal_segment"].pk)}
            goals.append({"kind": "conditions", "conditions": asked})
        return goals


class TimingForm(forms.Form):
    """When a step comes, and for whom. `builder` has its conditions."""

    amount = forms.IntegerField(label=_("Wait"), min_value=0, max_value=10_000, required=False)
    unit = forms.ChoiceField(
        label=_("Unit"),
        choices=[("minutes", _("minutes")), ("hours", _("hours")), ("days", _("days"))],
    )
    at_time = forms.TimeField(
        label=_("Then at"), help_text=_("The first such time of the day. Empty: at once."), **_TIME
    )
    requires = forms.MultipleChoiceField(
        label=_("Only to those who"), choices=list(reasons.REQUIRES.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    otherwise = forms.ChoiceField(
        label=_("The others"), choices=SeriesStep.Otherwise.choices, widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, *, step: SeriesStep | None = None) -> None:
        minutes = step.delay_minutes if step else 24 * 60
        unit = next(
            (name for name in ("days", "hours") if minutes and not minutes % MINUTES[name]),
            "minutes",
        )
        initial = {
            "amount": minutes // MINUTES[unit],
            "unit": unit,
            "at_time": step.at_time if step else None,
            "requires": step.requires if step else [],
            "otherwise": step.otherwise if step else SeriesStep.Otherwise.SKIP,
        }
        super().__init__(data, initial=initial)
        if data is not None:
            self.builder = Builder.from_text(str(data.get("filter") or ""), CONTACTS)
        else:
            self.builder = builder_of(step.conditions if step else {})

    def clean(self) -> dict[str, Any]:
        """Conditions that cannot be read are told of."""
        said: dict[str, Any] = super().clean() or {}
        if self.builder.error is not None:
            self.add_error(None, self.builder.error.messages)
        return said

    @property
    def values(self) -> dict[str, Any]:
        """What the verbs on steps take."""
        said = self.cleaned_data
        return {
            "delay_minutes": (said["amount"] or 0) * MINUTES[said["unit"]],
            "at_time": said["at_time"],
            "requires": said["requires"],
            "otherwise": said["otherwise"],
            "conditions": self.builder.document,
        }


def _stage_words(stage: Stage) -> str:
    return f"{stage.pipeline.name}: {stage.name}"


def _initial(series: Series | None) -> dict[str, Any]:
    series = series or Series()
    window, settings = series.window or {}, series.trigger_settings
    goals = {goal["kind"]: goal for goal in series.goals}
    return {
        "name": series.name,
        "trigger": series.trigger,
        "segment": series.segment_id,
        "takes_present": series.takes_present,
        **{name: settings.get(name) for name in ("stage", "pipeline", "label")},
        "of_channel": settings.get("channel"),
        "goals": list(goals),
        "goal_stage": goals.get("deal_stage", {}).get("stage"),
        "goal_segment": goals.get("conditions", {}).get("conditions", {}).get("value"),
        "again": series.reentry_days is not None,
        "reentry_days": 30 if series.reentry_days is None else series.reentry_days,
        "channels": series.channels,
        "has_window": bool(window),
        "window_from": window.get("from") or "10:00",
        "window_to": window.get("to") or "20:00",
        "weekdays": window.get("weekdays") or [number for number, _label in WEEKDAYS],
        "zone": series.zone,
        **cap_initial(series.frequency_cap),
        "consent_policy": series.consent_policy,
        "reply_team": series.reply_team_id,
        "reply_assignee": series.reply_assignee_id,
    }

"""Stages in the settings of sales: made, changed and taken away."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts import custom_fields
from crm.actions.stages import COLORS
from crm.actions.values import REQUIRABLE, called
from crm.models import LossReason, Stage
from crm.models.stage import Group
from crm.reasons import families_of, reasons_in_use

COLOR_NAMES: Final = {
    "petrol": _("Petrol"),
    "ochre": _("Ochre"),
    "plum": _("Plum"),
    "moss": _("Moss"),
    "brick": _("Brick"),
    "paper": _("Grey"),
}


class StageForm(forms.Form):
    """A stage: what it is called and what it asks for."""

    name = forms.CharField(label=_("Name"), max_length=80)
    group = forms.ChoiceField(label=pgettext_lazy("stages", "Group"), choices=Group.choices)
    color = forms.ChoiceField(
        label=_("Colour"), choices=[(color, COLOR_NAMES[color]) for color in COLORS]
    )
    probability = forms.IntegerField(
        label=_("Probability, %"),
        min_value=0,
        max_value=100,
        help_text=_("How likely such deals are won: the forecast counts with it."),
    )
    required_fields = forms.MultipleChoiceField(
        label=_("Without these no deal enters the stage"),
        required=False,
        choices=list(REQUIRABLE.items()),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        names = ("name", "group", "color", "probability", "required_fields")
        kwargs["initial"] = {name: getattr(stage, name) for name in names}
        super().__init__(*args, **kwargs)
        known: dict[str, Any] = dict(REQUIRABLE)
        for entity, prefix in (("deal", "fields."), ("contact", "contact.fields.")):
            for field in custom_fields.definitions(entity):
                label = field.label
                if entity == "contact":
                    label = _("Customer: %(field)s") % {"field": label}
                known[f"{prefix}{field.key}"] = label
        # What is asked for and is not listed any more must not get lost.
        for name in stage.required_fields:
            known.setdefault(name, called(name))
        choices = [(name, str(label)[:1].upper() + str(label)[1:]) for name, label in known.items()]
        self.fields["required_fields"].choices = choices  # type: ignore[attr-defined]


class NewStageForm(forms.Form):
    """A further stage."""

    name = forms.CharField(label=_("Name"), max_length=80)
    group = forms.ChoiceField(label=pgettext_lazy("stages", "Group"), choices=Group.choices)


class StageDeletionForm(forms.Form):
    """Where the open deals of a stage go: `stage`, or `stage:reason` where that is a refusal."""

    move_to = forms.ChoiceField(label=_("Move its open deals to"), required=False)

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Stage.objects.in_use().filter(pipeline=stage.pipeline_id).exclude(pk=stage.pk)
        self.stages = {str(one.pk): one for one in others.in_order()}
        self.reasons = {str(one.pk): one for one in reasons_in_use()}
        field: Any = self.fields["move_to"]
        field.choices = [("", _("Choose a stage")), *map(self._choice, self.stages.values())]

    def clean_move_to(self) -> tuple[Stage | None, LossReason | None]:
        """The stage, and why its deals are refused there."""
        stage, _colon, reason = self.cleaned_data["move_to"].partition(":")
        return self.stages.get(stage), self.reasons.get(reason)

    def _choice(self, stage: Stage) -> tuple[str, Any]:
        families = families_of(stage, list(self.reasons.values()))
        if not families:
            return str(stage.pk), stage.name
        reasons = [
            (reason, f"{family.name}: {reason.name}" if reason is not family else family.name)
            for family, narrower in families
            for reason in narrower or [family]
        ]
        return stage.name, [(f"{stage.pk}:{reason.pk}", words) for reason, words in reasons]

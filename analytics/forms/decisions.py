from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.forms.fields import TYPED, NumberField, metric_choices
from analytics.metrics import metric
from analytics.models import Decision
from workspaces.models import Membership
from workspaces.zones import local_day


class DecisionForm(forms.Form):
    """What was decided, who does it, and which number is to tell whether it helped."""

    text = forms.CharField(label=_("What we do"), max_length=200)
    detail = forms.CharField(label=_("Why"), max_length=500, required=False)
    owner = forms.ModelChoiceField(
        label=_("Who does it"), queryset=None, required=False, empty_label=_("Nobody yet")
    )
    due_on = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    metric = forms.ChoiceField(label=_("Which number it moves"), choices=metric_choices)
    condition = forms.ChoiceField(label=_("It is to be"), choices=Decision.Condition.choices)
    threshold = NumberField(
        label=_("Limit"),
        help_text=_(
            "Shares in per cent, times in minutes, money in the company’s currency. It is "
            "measured over the seven days before the term."
        ),
    )
    worth = NumberField(
        label=_("What it is about, in money"),
        required=False,
        help_text=_("With a minus where money is being lost."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"due_on": local_day(timezone.now()) + timedelta(days=7)})
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = Membership.objects.active().with_user()
        owner.label_from_instance = lambda one: one.name

    def values(self) -> dict[str, Any]:
        """As the verb takes them."""
        given = dict(self.cleaned_data)
        key = given.pop("metric")
        given["metric_key"] = key
        given["threshold"] *= TYPED.get(metric(key).unit, 1)
        return given

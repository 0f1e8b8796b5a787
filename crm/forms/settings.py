"""Forms of the settings of sales."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from core import money
from crm.forms.fields import AmountField
from crm.models import DealRule, LossReason, Pipeline, Product, Stage
from crm.models.stage import Group
from workspaces.models import Team

# Shown first; all others follow by their codes.
USUAL_CURRENCIES: Final = ("RUB", "USD", "EUR", "KZT", "BYN")


def currency_choices() -> list[tuple[str, str]]:
    """Codes of currencies, the usual ones first."""
    others = sorted(money.currencies() - set(USUAL_CURRENCIES))
    return [(code, code) for code in (*USUAL_CURRENCIES, *others)]


class NewPipelineForm(forms.Form):
    """A pipeline with the usual stages."""

    name = forms.CharField(label=_("Name"), max_length=80)


class PipelineForm(forms.Form):
    """A pipeline's name, money and rights."""

    name = forms.CharField(label=_("Name"), max_length=80)
    currency = forms.ChoiceField(label=_("Currency of new deals"), choices=currency_choices)
    is_default = forms.BooleanField(
        label=_("New deals begin here when nothing else is said"), required=False
    )
    allows_free_reason = forms.BooleanField(
        label=_("A loss may have a reason in one’s own words"), required=False
    )
    is_restricted = forms.BooleanField(label=_("Only for chosen teams"), required=False)
    teams: "forms.ModelMultipleChoiceField[Team]" = forms.ModelMultipleChoiceField(
        label=_("Teams that work in it"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, pipeline: Pipeline, **kwargs: Any) -> None:
        names = ("name", "currency", "is_default", "allows_free_reason", "is_restricted")
        kwargs["initial"] = {name: getattr(pipeline, name) for name in names}
        kwargs["initial"]["teams"] = list(pipeline.access_list.values_list("team_id", flat=True))
        super().__init__(*args, **kwargs)
        self.fields["teams"].queryset = Team.objects.order_by("name")  # type: ignore[attr-defined]
        if pipeline.is_default:
            self.fields["is_default"].disabled = True


class ReasonForm(forms.Form):
    """A group of reasons, or a reason of a group."""

    name = forms.CharField(label=_("Reason"), max_length=120)
    parent: Any = forms.ModelChoiceField(queryset=None, required=False, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        choices=[(group.value, group.label) for group in (Group.LOST, Group.NOT_A_LEAD)],
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parents = LossReason.objects.filter(parent=None, archived_at=None)
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]


class ReasonChangesForm(forms.Form):
    """What a reason is called and, of a group, for which pipeline it is."""

    name = forms.CharField(label=_("Reason"), max_length=120)
    pipeline: Any = forms.ModelChoiceField(
        label=_("For the pipeline"), queryset=None, required=False, empty_label=_("All pipelines")
    )

    def __init__(self, *args: Any, reason: LossReason, **kwargs: Any) -> None:
        kwargs["initial"] = {"name": reason.name, "pipeline": reason.pipeline_id}
        super().__init__(*args, **kwargs)
        if reason.parent_id is not None:
            del self.fields["pipeline"]
        else:
            pipelines = Pipeline.objects.in_use().in_order()
            self.fields["pipeline"].queryset = pipelines  # type: ignore[attr-defined]


class ProductForm(forms.Form):
    """A product and its prices."""

    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.CharField(label=_("Article"), max_length=60, required=False)
    price = AmountField(label=_("Price"))
    cost = AmountField(label=_("Cost"))
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)

    def __init__(self, *args: Any, product: Product | None = None, **kwargs: Any) -> None:
        if product is not None:
            names = ("name", "code", "price", "cost", "currency")
            kwargs["initial"] = {name: getattr(product, name) for name in names}
        super().__init__(*args, **kwargs)


class RuleForm(forms.Form):
    """How deals come from conversations."""

    birth = forms.ChoiceField(
        label=_("A deal is opened"), choices=DealRule.Birth.choices, widget=forms.RadioSelect
    )
    pipeline: Any = forms.ModelChoiceField(
        label=_("In the pipeline"), queryset=None, required=False, empty_label=_("The default one")
    )
    stage: Any = forms.ModelChoiceField(
        label=_("At the stage"), queryset=None, required=False, empty_label=_("The first one")
    )
    owner = forms.ChoiceField(
        label=_("Its owner is"), choices=DealRule.Owner.choices, widget=forms.RadioSelect
    )
    returning = forms.ChoiceField(
        label=_("When a customer comes back"),
        choices=DealRule.Returning.choices,
        widget=forms.RadioSelect,
    )
    reopen_days = forms.IntegerField(
        label=_("Days within which a lost deal is reopened"), min_value=0, max_value=3650
    )
    archives_conversation = forms.BooleanField(
        label=_("Closing the deal archives the conversation"), required=False
    )

    def __init__(self, *args: Any, rule: DealRule | None = None, **kwargs: Any) -> None:
        if rule is not None:
            kwargs["initial"] = {name: getattr(rule, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        pipelines = Pipeline.objects.in_use().in_order()
        self.fields["pipeline"].queryset = pipelines  # type: ignore[attr-defined]
        stages = Stage.objects.in_use().filter(group=Group.ACTIVE, pipeline__archived_at=None)
        field = self.fields["stage"]
        field.queryset = stages.select_related("pipeline").order_by(  # type: ignore[attr-defined]
            "pipeline__position", "position"
        )
        field.label_from_instance = _stage_words  # type: ignore[attr-defined]


class BooksForm(forms.Form):
    """Through which day the books are closed."""

    until = forms.DateField(
        label=_("Closed through"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _stage_words(stage: Stage) -> str:
    return f"{stage.pipeline.name}: {stage.name}"

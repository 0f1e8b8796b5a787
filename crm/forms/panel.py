"""Forms of the deal beside a conversation."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm import panel
from crm.forms.fields import AmountField
from crm.models import Deal, LossReason, Pipeline, Stage
from inbox.models import Message
from workspaces.models import Membership


class NewDealForm(forms.Form):
    """A deal made by hand."""

    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    amount = AmountField(label=_("Amount"))
    pipeline: Any = forms.ModelChoiceField(label=_("Pipeline"), queryset=None, required=False)

    def __init__(self, *args: Any, viewer: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pipelines = Pipeline.objects.visible_to(viewer).in_use().in_order()
        self.fields["pipeline"].queryset = pipelines  # type: ignore[attr-defined]


class AmountForm(forms.Form):
    """What the deal is worth; empty is unknown."""

    amount = AmountField(label=_("Amount"))


class RefusalForm(forms.Form):
    """Why a deal is lost, or was no lead at all, and the message that shows it.

    Reasons are those of the chosen stage; words of one's own do where the pipeline allows them.
    """

    stage = forms.UUIDField()
    reason = forms.UUIDField(required=False)
    comment = forms.CharField(
        label=_("Comment"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    evidence = forms.UUIDField(required=False)

    def __init__(self, *args: Any, deal: Deal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deal = deal
        self.outcomes = panel.reasons_of(deal)
        self.messages = panel.evidence_of(deal)

    def clean(self) -> dict[str, Any]:
        """With the things themselves for their ids."""
        given = super().clean() or {}
        given["stage"] = self._stage(given.get("stage"))
        given["reason"] = self._reason(given.get("reason"), given["stage"])
        given["evidence"] = self._evidence(given.get("evidence"))
        is_told = given["reason"] or (
            given.get("comment") and self.deal.pipeline.allows_free_reason
        )
        if not is_told:
            raise ValidationError(_("Choose a reason."))
        return given

    def _stage(self, pk: Any) -> Stage:
        for outcome in self.outcomes:
            if outcome["stage"].pk == pk:
                found: Stage = outcome["stage"]
                return found
        raise ValidationError(_("This stage is no longer there."))

    def _reason(self, pk: Any, stage: Stage) -> LossReason | None:
        if pk is None:
            return None
        for outcome in self.outcomes:
            if outcome["stage"].pk != stage.pk:
                continue
            for group, reasons in outcome["groups"]:
                for reason in [group, *reasons]:
                    if reason.pk == pk:
                        found: LossReason = reason
                        return found
        raise ValidationError(_("Choose a reason of this stage."))

    def _evidence(self, pk: Any) -> Message | None:
        found = next((message for message in self.messages if message.pk == pk), None)
        if pk is not None and found is None:
            raise ValidationError(_("This message is no longer there."))
        return found

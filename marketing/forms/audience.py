"""To whom a broadcast goes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.vocabulary import CONTACTS
from core.conditions.builder import Builder
from marketing.forms.cap import CapForm, cap_initial
from marketing.forms.segments import builder_of
from marketing.models import Broadcast, Segment

SEGMENT, CONDITIONS = "segment", "conditions"


class AudienceForm(CapForm):
    """A segment or conditions of its own, who is left out of them, and how often is enough."""

    name = forms.CharField(
        label=_("Name of the broadcast"),
        max_length=120,
        help_text=_("Customers do not see it."),
    )
    who = forms.ChoiceField(
        label=_("To whom"),
        choices=[(SEGMENT, _("To a segment")), (CONDITIONS, _("By conditions, for this once"))],
        widget=forms.RadioSelect,
    )
    segment: "forms.ModelChoiceField[Segment]" = forms.ModelChoiceField(
        label=_("Segment"), queryset=None, required=False, empty_label=_("Choose…")
    )
    consent_policy = forms.ChoiceField(
        label=_("Consent to offers"),
        choices=Broadcast.ConsentPolicy.choices,
        widget=forms.RadioSelect,
        help_text=_("Whoever has refused never gets any. It is looked at once more when sending."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        viewer: Any,
        broadcast: Broadcast | None = None,
        segment: str = "",
    ) -> None:
        super().__init__(data, initial=_initial(broadcast, segment))
        known = Segment.objects.visible_to(viewer).listed().order_by("name", "id")
        self.fields["segment"].queryset = known  # type: ignore[attr-defined]
        if data is not None:
            self.builder = Builder.from_text(str(data.get("filter") or ""), CONTACTS)
            self.exclusions = Builder.from_text(str(data.get("exclusions") or ""), CONTACTS)
        else:
            is_ad_hoc = broadcast is not None and broadcast.segment.is_ad_hoc
            self.builder = builder_of(broadcast.segment.conditions if is_ad_hoc else {})  # type: ignore[union-attr]
            self.exclusions = builder_of(broadcast.exclusions if broadcast else {})

    def clean(self) -> dict[str, Any]:
        """A segment must be chosen where one is meant."""
        said = super().clean()
        if said.get("who") == SEGMENT and not said.get("segment") and "segment" not in self.errors:
            self.add_error("segment", _("Choose a segment."))
        if said.get("who") == CONDITIONS and self.builder.error is not None:
            self.add_error(None, self.builder.error.messages)
        if self.exclusions.error is not None:
            self.add_error(None, self.exclusions.error.messages)
        return said

    @property
    def is_ad_hoc(self) -> bool:
        return bool(self.cleaned_data["who"] == CONDITIONS)

    @property
    def values(self) -> dict[str, Any]:
        """What the verbs on broadcasts take, but for the segment."""
        said = self.cleaned_data
        return {
            "name": said["name"].strip(),
            "exclusions": self.exclusions.document,
            "consent_policy": said["consent_policy"],
            "frequency_cap": self.cap,
        }


def _initial(broadcast: Broadcast | None, segment: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "who": SEGMENT,
        "segment": segment,
        "consent_policy": Broadcast.ConsentPolicy.NOT_REFUSED,
        **cap_initial(broadcast.frequency_cap if broadcast else None),
    }
    if broadcast is None:
        return found
    return found | {
        "name": broadcast.name,
        "who": CONDITIONS if broadcast.segment.is_ad_hoc else SEGMENT,
        "segment": "" if broadcast.segment.is_ad_hoc else broadcast.segment_id,
        "consent_policy": broadcast.consent_policy,
    }

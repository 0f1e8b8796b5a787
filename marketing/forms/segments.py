"""Forms of segments."""

from typing import Any

import orjson
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.vocabulary import CONTACTS
from core.conditions.builder import Builder
from marketing.models import Segment

DYNAMIC, FROZEN = "dynamic", "frozen"


class SegmentForm(forms.Form):
    """A segment by conditions. `builder` is its document of conditions, as `filter`."""

    name = forms.CharField(label=pgettext_lazy("segment", "Name"), max_length=120)
    keeping = forms.ChoiceField(
        label=_("Who is in it"),
        choices=[
            (DYNAMIC, _("Whoever fulfils the conditions, today and later")),
            (FROZEN, _("Whoever fulfils them now: the list stays as it is")),
        ],
        initial=DYNAMIC,
        widget=forms.RadioSelect,
    )

    def __init__(
        self, data: Any = None, *, segment: Segment | None = None, asked: Builder | None = None
    ) -> None:
        initial = {"name": segment.name, "keeping": DYNAMIC} if segment else None
        super().__init__(data, initial=initial)
        if data is not None:
            self.builder = Builder.from_text(str(data.get("filter") or ""), CONTACTS)
        elif segment is not None:
            self.builder = builder_of(segment.conditions)
        else:
            self.builder = asked or Builder(CONTACTS)
        if segment is not None and segment.is_frozen:
            del self.fields["keeping"]

    def clean(self) -> dict[str, Any]:
        """Conditions that cannot be read are told of beside them."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.builder.error is not None:
            self.add_error(None, self.builder.error.messages)
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What the verbs on segments take."""
        said = {"name": self.cleaned_data["name"].strip()}
        if "keeping" not in self.fields:
            return said
        is_frozen = self.cleaned_data["keeping"] == FROZEN
        return {**said, "conditions": self.builder.document, "is_frozen": is_frozen}


class UploadForm(forms.Form):
    """A list from a file."""

    name = forms.CharField(label=pgettext_lazy("segment", "Name"), max_length=120)
    file = forms.FileField(
        label=_("File (CSV)"),
        help_text=_(
            "Phones, e-mails or ids of contacts, one a line, in whatever columns. "
            "Up to 20 MB and 200,000 lines."
        ),
    )


def builder_of(document: dict[str, Any]) -> Builder:
    """A stored document in the builder."""
    return Builder.from_text(orjson.dumps(document).decode() if document else "", CONTACTS)

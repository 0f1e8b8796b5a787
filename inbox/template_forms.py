"""The form of a new message template."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels_connectors.models import MessageTemplate


class TemplateForm(forms.Form):
    """What goes to the platform for approval."""

    name = forms.CharField(
        label=_("Name"),
        max_length=512,
        help_text=_("Small Latin letters, digits and underscores: order_is_ready."),
    )
    language = forms.CharField(
        label=_("Language"), max_length=16, initial="ru", help_text=_("A code: ru, en, kk.")
    )
    category = forms.ChoiceField(label=_("Category"), choices=MessageTemplate.Category.choices)
    header = forms.CharField(label=_("Heading"), max_length=60, required=False)
    header_file = forms.FileField(
        label=_("Picture, video or document"),
        required=False,
        help_text=_(
            "In the place of a heading: JPEG, PNG, MP4 or PDF. This is an example; each message "
            "gets a file of its own."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,video/mp4,application/pdf"}),
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=1024,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Variables are written {{1}}, {{2}} or {{name}}."),
    )
    footer = forms.CharField(label=_("Last line"), max_length=60, required=False)
    buttons = forms.CharField(
        label=_("Buttons"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One a line: Yes for an answer, Our shop = https://example.com for a link, "
            "Call us = +78126001420 for a phone number."
        ),
    )
    examples = forms.CharField(
        label=_("Examples for the variables"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, in their order, or name = example. The platform asks for them."),
    )

    def values(self, variables: list[str]) -> dict[str, Any]:
        """What `inbox.template_drafts.draft` takes."""
        apart = ("examples", "header_file", "buttons")
        found = {name: self.cleaned_data[name] for name in self.fields if name not in apart}
        lines = [line.strip() for line in self.cleaned_data["buttons"].splitlines()]
        return {
            **found,
            "examples": self._examples(variables),
            "buttons": [line for line in lines if line],
        }

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("header") and found.get("header_file"):
            self.add_error("header_file", _("A template has a heading or a file, not both."))
        return found

    def _examples(self, variables: list[str]) -> dict[str, str]:
        lines = [line.strip() for line in self.cleaned_data["examples"].splitlines()]
        named: dict[str, str] = {}
        unnamed = []
        for line in filter(None, lines):
            name, sign, value = line.partition("=")
            if sign and name.strip() in variables:
                named[name.strip()] = value.strip()
            else:
                unnamed.append(line)
        rest = [variable for variable in variables if variable not in named]
        return {**named, **dict(zip(rest, unnamed, strict=False))}

"""What an admin may choose of a widget."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livechat.appearance import FORMS, LOCALES, POSITIONS, Appearance

_POSITIONS = {"right": _("On the right"), "left": _("On the left")}
_LOCALES = {"": _("As the visitor's browser says"), "en": _("English"), "ru": _("Russian")}
_FORMS = {
    "off": _("No form: write at once"),
    "optional": _("A form that may be left empty"),
    "required": _("A form with name and address required"),
}


class AppearanceForm(forms.Form):
    """Checked again, and for good, by the connector."""

    color = forms.CharField(
        label=_("Colour"), max_length=7, widget=forms.TextInput(attrs={"type": "color"})
    )
    title = forms.CharField(
        label=pgettext_lazy("widget", "Title"),
        max_length=80,
        required=False,
        help_text=_("Empty: the company's name."),
    )
    greeting = forms.CharField(
        label=_("Greeting"),
        max_length=300,
        required=False,
        help_text=_("Shown beside the button after a moment, and above an empty chat."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    away = forms.CharField(
        label=_("Words for when nobody is there"),
        max_length=200,
        required=False,
        help_text=_("Such as: We answer on weekdays from 9 to 18."),
    )
    position = forms.ChoiceField(
        label=_("Button"), choices=[(name, _POSITIONS[name]) for name in POSITIONS]
    )
    locale = forms.ChoiceField(
        label=_("Language"),
        choices=[(name, _LOCALES[name]) for name in LOCALES],
        required=False,
    )
    form = forms.ChoiceField(
        label=_("Before the chat"), choices=[(name, _FORMS[name]) for name in FORMS]
    )
    privacy_url = forms.URLField(
        label=_("Address of your privacy policy"), required=False, assume_scheme="https"
    )
    domains = forms.CharField(
        label=_("Domains"),
        required=False,
        help_text=_("One a line. Empty: any site may show the chat."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, look: Appearance, **kwargs: Any) -> None:
        initial = {name: getattr(look, name) for name in self.base_fields}
        initial["domains"] = "\n".join(look.domains)
        super().__init__(*args, initial=initial, **kwargs)

from django import forms
from django.utils.translation import gettext_lazy as _


class TargetForm(forms.Form):
    """A counter of Yandex Metrica, and its goals."""

    name = forms.CharField(label=_("Name in the list"), max_length=120, required=False)
    counter = forms.CharField(
        label=_("Number of the counter"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    token = forms.CharField(
        label=_("OAuth token"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Of an account that may edit the counter. It is never shown again."),
    )
    accepted_goal = forms.CharField(
        label=_("Goal of an accepted lead"),
        max_length=100,
        required=False,
        initial="tandem_accepted",
        help_text=_("Identifier of a goal of the type “JavaScript event”."),
    )
    paid_goal = forms.CharField(
        label=_("Goal of an order"), max_length=100, required=False, initial="tandem_paid"
    )
    tells_chats = forms.BooleanField(
        label=_("Tell of chats in messengers too"), required=False, initial=True
    )

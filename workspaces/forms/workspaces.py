from django import forms
from django.utils.translation import gettext_lazy as _

from workspaces.forms.fields import CurrencyField, LanguageField, SlugField, TimeZoneField


class NewWorkspaceForm(forms.Form):
    """One more company of a person who is logged in."""

    name = forms.CharField(
        label=_("Company"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    slug = SlugField()
    time_zone = TimeZoneField(initial="Europe/Moscow")
    currency = CurrencyField(initial="RUB")


class WorkspaceForm(forms.Form):
    """What the company is called and how its dates and money are written."""

    name = forms.CharField(label=_("Company"), max_length=120)
    time_zone = TimeZoneField(help_text=_("Reports and working hours count by it."))
    currency = CurrencyField()
    language = LanguageField(help_text=_("Letters to people who have not chosen theirs yet."))

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workspaces.forms.fields import OptionalTimeZoneField
from workspaces.models import User


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a person is called and how Tandem looks to them, in every workspace."""

    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = OptionalTimeZoneField()
    theme = forms.ChoiceField(
        label=_("Theme"), choices=User.Theme.choices, widget=forms.RadioSelect
    )

    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "theme"]

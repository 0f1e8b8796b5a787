"""Fields that several forms share."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import validate_slug
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspaces.actions.workspaces import RESERVED_SLUGS
from workspaces.choices import currencies, time_zones
from workspaces.models import Workspace

INCOMPLETE_EMAIL = gettext_lazy("The address is not complete. Example: name@company.com")


class TimeZoneField(forms.ChoiceField):
    """An IANA time zone out of our list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Time zone"))
        super().__init__(choices=time_zones, **kwargs)


class OptionalTimeZoneField(forms.ChoiceField):
    """A time zone, or "as in the workspace"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=lambda: [("", _("As in the workspace")), *time_zones()],
            label=gettext_lazy("Time zone"),
            required=False,
            **kwargs,
        )


class CurrencyField(forms.ChoiceField):
    """An ISO 4217 code out of our list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=currencies, label=gettext_lazy("Currency"), **kwargs)


class LanguageField(forms.ChoiceField):
    """One of the languages Tandem speaks."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Language"))
        super().__init__(choices=settings.LANGUAGES, **kwargs)


class SlugField(forms.CharField):
    """A free address of a workspace; empty = made of the company's name."""

    default_validators = [validate_slug]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Address"),
            required=False,
            min_length=2,
            max_length=50,
            error_messages={
                "invalid": gettext_lazy("Use Latin letters, digits and hyphens."),
            },
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        slug: str = super().clean(value).lower()
        if slug in RESERVED_SLUGS or Workspace.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("This address is taken. Choose another one."))
        return slug

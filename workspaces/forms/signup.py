from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from workspaces.actions.workspaces import create_workspace
from workspaces.forms.fields import INCOMPLETE_EMAIL, CurrencyField, SlugField, TimeZoneField
from workspaces.models import User


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    """A person and their company's workspace, created together or not at all."""

    company = forms.CharField(
        label=_("Company"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    slug = SlugField()
    name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    time_zone = TimeZoneField(initial="Europe/Moscow")
    currency = CurrencyField(initial="RUB")
    consent = forms.BooleanField(
        error_messages={"required": _("Without your consent we may not keep your data.")}
    )

    field_order = [
        "company",
        "slug",
        "name",
        "email",
        "password1",
        "time_zone",
        "currency",
        "consent",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Work e-mail")
        self.fields["email"].error_messages["invalid"] = INCOMPLETE_EMAIL

    def save(self, request: Any) -> User:
        with transaction.atomic():
            user: User = super().save(request)
        return user

    def custom_signup(self, request: Any, user: User) -> None:
        user.terms_accepted_at = timezone.now()
        user.save(update_fields=["terms_accepted_at"])
        create_workspace(
            name=self.cleaned_data["company"],
            slug=self.cleaned_data["slug"],
            owner=user,
            time_zone=self.cleaned_data["time_zone"],
            currency=self.cleaned_data["currency"],
            language=translation.get_language() or "en",
        )

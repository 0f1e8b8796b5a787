from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms.own_fields import OwnFields
from contacts.models import Company


class CompanyForm(OwnFields):
    """A firm, with the workspace's own fields of companies."""

    entity = "company"

    name = forms.CharField(label=_("Name"), max_length=200)
    phone = forms.CharField(label=_("Phone"), max_length=32, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    website = forms.CharField(label=_("Website"), max_length=200, required=False)
    tax_number = forms.CharField(label=_("Tax number"), max_length=20, required=False)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, company: Company | None = None, **kwargs: Any) -> None:
        names = ("name", "phone", "email", "website", "tax_number", "note")
        if company is not None:
            kwargs["initial"] = {name: getattr(company, name) for name in names}
            kwargs["own"] = company.fields
        super().__init__(*args, **kwargs)

    @property
    def values(self) -> dict[str, Any]:
        """What the verbs of companies take; call after `is_valid`."""
        own = {name for name in self.cleaned_data if name.startswith("own_")}
        return {name: value for name, value in self.cleaned_data.items() if name not in own}

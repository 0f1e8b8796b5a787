"""How many broadcasts are enough for one customer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CapForm(forms.Form):
    """At most so many in so many days, or no limit."""

    has_cap = forms.BooleanField(label=_("Not to those who get too many"), required=False)
    cap_count = forms.IntegerField(
        label=pgettext_lazy("cap", "At most"), min_value=1, max_value=100, required=False
    )
    cap_days = forms.IntegerField(
        label=pgettext_lazy("cap", "broadcasts in so many days"),
        min_value=1,
        max_value=365,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """A cap has both of its numbers."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("has_cap") and not (said.get("cap_count") and said.get("cap_days")):
            self.add_error("has_cap", _("Say how many in how many days."))
        return said

    @property
    def cap(self) -> dict[str, int] | None:
        """As broadcasts keep it."""
        said = self.cleaned_data
        return {"count": said["cap_count"], "days": said["cap_days"]} if said["has_cap"] else None


def cap_initial(cap: dict[str, int] | None) -> dict[str, Any]:
    """What the fields begin with."""
    found = cap or {"count": 1, "days": 7}
    return {"has_cap": bool(cap), "cap_count": found["count"], "cap_days": found["days"]}

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models import CustomField


class _Choices(forms.Form):
    label = forms.CharField(label=_("Name"), max_length=80)
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One to a line; only for lists"),
    )

    def clean_choices(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()]


class NewFieldForm(_Choices):
    """A field to be made."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CustomField.Kind.choices)

    field_order = ("label", "kind", "choices")


class FieldForm(_Choices):
    """A field that is there: its kind and key stay. Each choice has a line of its own, so that it
    can be renamed; new ones come below."""

    def __init__(self, *args: Any, field: CustomField, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"label": field.label})
        super().__init__(*args, **kwargs)
        self.field = field
        if not field.has_choices:
            del self.fields["choices"]
            return
        self.fields["choices"].label = _("New choices")
        for number, choice in enumerate(field.choices):
            self.fields[f"choice_{number}"] = forms.CharField(
                label=choice["label"], initial=choice["label"], max_length=200, required=False
            )

    @property
    def choice_controls(self) -> list[Any]:
        """The lines of the choices that are there."""
        return [self[name] for name in self.fields if name.startswith("choice_")]

    @property
    def wanted_choices(self) -> list[Any] | None:
        """Choices as they are to be; an emptied line drops one. Call after `is_valid`."""
        if not self.field.has_choices:
            return None
        kept = [
            {"key": choice["key"], "label": label}
            for number, choice in enumerate(self.field.choices)
            if (label := self.cleaned_data.get(f"choice_{number}", "").strip())
        ]
        return [*kept, *self.cleaned_data["choices"]]

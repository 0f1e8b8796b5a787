"""The workspace's own fields as fields of a form."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import pgettext_lazy

from contacts import custom_fields
from contacts.models import CustomField

PREFIX: Final = "own_"
Kind = CustomField.Kind


class OwnFields(forms.Form):
    """A mixin: a control for each field in use, `own_values` of what was sent.

    Set `entity`; give the row's present values as `own`.
    """

    entity = "contact"

    def __init__(self, *args: Any, own: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = own or {}
        self._defined = custom_fields.definitions(self.entity)
        for field in self._defined:
            self.fields[PREFIX + field.key] = control(field, self._own.get(field.key))

    @property
    def own_controls(self) -> list[Any]:
        """Their bound fields, for the template."""
        return [self[PREFIX + field.key] for field in self._defined]

    def clean(self) -> dict[str, Any]:
        """Check them by the rules of their kinds; errors go to their controls."""
        cleaned: dict[str, Any] = super().clean() or {}
        sent = {field.key: cleaned.get(PREFIX + field.key) for field in self._defined}
        kept = {key: value for key, value in self._own.items() if key not in sent}
        try:
            cleaned["fields"] = custom_fields.clean(self.entity, {**kept, **sent})
        except ValidationError as refusal:
            for name, words in refusal.message_dict.items():
                key = PREFIX + name.removeprefix("fields.")
                self.add_error(key if key in self.fields else None, words)
        return cleaned


def control(field: CustomField, value: Any) -> forms.Field:
    """The control of a field, with its present value."""
    common: dict[str, Any] = {"label": field.label, "required": False, "initial": value}
    if field.kind == Kind.BOOLEAN:
        return forms.BooleanField(**common)
    choices = [(choice["key"], choice["label"]) for choice in field.choices]
    if field.kind == Kind.LIST:
        if value and value not in dict(choices):
            choices.append((value, value))
        return forms.ChoiceField(
            choices=[("", pgettext_lazy("own field", "Not given")), *choices], **common
        )
    if field.kind == Kind.MULTI:
        return forms.MultipleChoiceField(
            choices=choices, widget=forms.CheckboxSelectMultiple, **common
        )
    if field.kind == Kind.DATE:
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **common)
    common["initial"] = custom_fields.as_typed(field, value)
    attributes = {
        Kind.NUMBER: {"inputmode": "decimal"},
        Kind.MONEY: {"inputmode": "decimal"},
        Kind.PHONE: {"inputmode": "tel"},
        Kind.LINK: {"inputmode": "url"},
    }.get(CustomField.Kind(field.kind), {})
    widget = forms.TextInput(attrs={"autocomplete": "off", **attributes})
    return forms.CharField(widget=widget, max_length=600, **common)

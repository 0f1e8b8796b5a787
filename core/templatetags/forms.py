"""Fields of forms in the house style: {% field form.name %}, {% password_field form.password %}."""

from typing import Any

from django import forms, template
from django.forms import BoundField

register = template.Library()


@register.inclusion_tag("forms/_field.html")
def field(
    bound: BoundField, label: str = "", hint: str = "", optional: bool = False, **attributes: Any
) -> dict[str, Any]:
    """A label, the control, its hint and its errors. More keywords become attributes of the
    control, with `_` for `-`: {% field form.name data_slug_target="source" %}."""
    widget = bound.field.widget
    return {
        "field": bound,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "optional": optional,
        "is_choice": isinstance(widget, forms.CheckboxInput),
        "is_list": isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple),
        "control": _control(bound, attributes),
    }


@register.inclusion_tag("forms/_password_field.html")
def password_field(
    bound: BoundField,
    label: str = "",
    strength: bool = False,
    invalid: bool = False,
    beside: str = "",
    beside_text: str = "",
) -> dict[str, Any]:
    """A password with a button that shows it; with `strength`, a meter for a new one.

    `invalid` marks it when the error belongs to the form as a whole. `beside`, `beside_text`:
    a link on the label's line.
    """
    attributes: dict[str, Any] = {"data-reveal-target": "input", "aria-describedby": False}
    if strength:
        attributes["data-action"] = "password-strength#measure"
        attributes["aria-describedby"] = f"{bound.auto_id}_hint"
    if invalid:
        attributes["aria-invalid"] = "true"
    return {
        "field": bound,
        "label": label or bound.label,
        "strength": strength,
        "beside": beside,
        "beside_text": beside_text,
        "control": _control(bound, attributes),
    }


@register.inclusion_tag("forms/_errors.html")
def form_errors(form: forms.BaseForm) -> dict[str, Any]:
    """What is wrong with the form as a whole, in a banner."""
    return {"errors": form.non_field_errors() if form.is_bound else []}


def _control(bound: BoundField, attributes: dict[str, Any]) -> str:
    is_box = isinstance(bound.field.widget, forms.CheckboxInput)
    attrs = {name.replace("_", "-"): value for name, value in attributes.items()}
    attrs.setdefault("placeholder", False)  # False removes it: a placeholder is no label
    if not is_box:
        attrs["class"] = "input"
    return bound.as_widget(attrs=attrs)

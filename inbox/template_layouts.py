"""Templates that a platform has approved: their parts, their variables, what the customer reads."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels_connectors.models import MessageTemplate

VARIABLE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
LONGEST_VALUE: Final = 1024
MEDIA: Final = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "file"}


@dataclass(frozen=True, slots=True)
class Part:
    """Words with variables in them: `{{1}}` or `{{name}}`, in the order of their appearance."""

    text: str = ""

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(VARIABLE.findall(self.text)))

    def filled(self, values: Mapping[str, str]) -> str:
        return VARIABLE.sub(lambda found: values.get(found[1], found[0]), self.text)


@dataclass(frozen=True, slots=True)
class Layout:
    """What a template consists of. `media` is the kind of file that its header asks for, or "".

    `buttons` are the platform's own dicts; those of `variable_buttons` take a variable each.
    """

    header: Part
    body: Part
    footer: str
    media: str
    is_named: bool
    buttons: list[dict[str, Any]] = field(default_factory=list)

    @property
    def variable_buttons(self) -> list[int]:
        """The places of the buttons that take a value: a link's ending, a code to copy."""
        return [place for place, button in enumerate(self.buttons) if _takes_value(button)]

    @property
    def labels(self) -> list[str]:
        return [str(button.get("text") or "") for button in self.buttons]


def layout_of(template: MessageTemplate) -> Layout:
    """The template's parts, as the platform keeps them."""
    header = footer = body = media = ""
    buttons: list[dict[str, Any]] = []
    for component in template.components:
        kind = str(component.get("type", "")).upper()
        text = str(component.get("text") or "")
        if kind == "HEADER":
            media = MEDIA.get(str(component.get("format", "TEXT")).upper(), "")
            header = "" if media else text
        elif kind == "BODY":
            body = text
        elif kind == "FOOTER":
            footer = text
        elif kind == "BUTTONS":
            buttons = [button for button in component.get("buttons") or [] if button]
    return Layout(Part(header), Part(body), footer, media, template.is_named, buttons)


def fill(template: MessageTemplate, asked: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """`payload.template` and the text that the customer will read.

    `asked` may have `header`, `body` and `buttons`: lists of values in order or, where variables
    have names, dicts. Of the buttons only those that take a value count, or all, with "" for the
    others. Raises `ValidationError` when a value is missing, empty or too much.
    """
    if template.status != MessageTemplate.Status.APPROVED:
        raise ValidationError(_("The platform has not approved this template."), code="template")
    layout = layout_of(template)
    header = _values(layout.header.names, asked.get("header"))
    body = _values(layout.body.names, asked.get("body"))
    buttons = _buttons(layout, asked.get("buttons"))
    parts = [layout.header.filled(header), layout.body.filled(body), layout.footer]
    payload = {
        "name": template.name,
        "language": template.language,
        "header": header if layout.is_named else list(header.values()),
        "body": body if layout.is_named else list(body.values()),
        "buttons": buttons,
        "labels": layout.labels,
    }
    return payload, "\n\n".join(part for part in parts if part)


def _values(names: list[str], given: Any) -> dict[str, str]:
    """Name -> value, in the order of the names; numbers go by their size."""
    if all(name.isdecimal() for name in names):
        names = sorted(names, key=int)
    if isinstance(given, Mapping):
        found = {str(name): value for name, value in given.items()}
        count = len(found)
    else:
        values = given if isinstance(given, list | tuple) else []
        found, count = dict(zip(names, values, strict=False)), len(values)
    filled = {name: _value(found.get(name)) for name in names}
    if count > len(names) or not all(filled.values()):
        raise ValidationError(
            ngettext(
                "This template needs %(count)d value here, none of them empty.",
                "This template needs %(count)d values here, none of them empty.",
                len(names),
            ),
            code="template_values",
            params={"count": len(names)},
        )
    return filled


def _buttons(layout: Layout, given: Any) -> list[Any]:
    """A value for each button, "" where it takes none."""
    places = layout.variable_buttons
    if isinstance(given, list) and len(given) == len(layout.buttons) > len(places):
        given = [given[place] for place in places]
    names = [f"{number}" for number in range(1, len(places) + 1)]
    values: list[Any] = ["" for _ in layout.buttons]
    for place, value in zip(places, _values(names, given).values(), strict=True):
        is_code = str(layout.buttons[place].get("type", "")).upper() == "COPY_CODE"
        values[place] = {"type": "copy_code", "value": value} if is_code else value
    return values if places else []


def _takes_value(button: dict[str, Any]) -> bool:
    is_code = str(button.get("type", "")).upper() == "COPY_CODE"
    return is_code or bool(Part(str(button.get("url") or "")).names)


def _value(value: Any) -> str:
    """One line: platforms refuse line breaks and runs of spaces in a variable."""
    words = str(value) if isinstance(value, str | int | float) else ""
    return " ".join(words.replace("\0", "").split())[:LONGEST_VALUE]

"""A new message template as an admin writes it, made into what platforms take."""

import re
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from channels_connectors.models import MessageTemplate

_VARIABLE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")


def draft(
    *,
    name: str,
    language: str,
    category: str,
    body: str,
    header: str = "",
    footer: str = "",
    examples: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The arguments of `inbox.message_templates.create_template`.

    Variables are written {{1}} or {{name}}. Raises `ValidationError` by field.
    """
    if not _NAME.fullmatch(name):
        raise ValidationError({"name": [_("Use small Latin letters, digits and underscores.")]})
    variables = variables_of(body)
    missing = [variable for variable in variables if not (examples or {}).get(variable)]
    if missing:
        words = _("Give an example for each variable: %(names)s.")
        raise ValidationError({"examples": [words % {"names": ", ".join(missing)}]})
    return {
        "name": name,
        "language": language,
        "category": category,
        "components": components_of(body, header, footer, examples or {}),
        "named": any(not variable.isdigit() for variable in variables),
    }


def variables_of(text: str) -> list[str]:
    """Names or numbers of the variables in order, each once."""
    return list(dict.fromkeys(_VARIABLE.findall(text)))


def components_of(
    body: str, header: str, footer: str, examples: dict[str, str]
) -> list[dict[str, Any]]:
    """The parts in the platform's own form."""
    parts: list[dict[str, Any]] = []
    if header:
        parts.append({"type": "HEADER", "format": "TEXT", "text": header})
    main: dict[str, Any] = {"type": "BODY", "text": body}
    variables = variables_of(body)
    if variables and all(variable.isdigit() for variable in variables):
        ordered = sorted(variables, key=int)
        main["example"] = {"body_text": [[examples.get(variable, "") for variable in ordered]]}
    elif variables:
        main["example"] = {
            "body_text_named_params": [
                {"param_name": variable, "example": examples.get(variable, "")}
                for variable in variables
            ]
        }
    parts.append(main)
    if footer:
        parts.append({"type": "FOOTER", "text": footer})
    return parts


def text_of(template: MessageTemplate) -> str:
    """The body, as the platform has it."""
    for part in template.components:
        if str(part.get("type", "")).upper() == "BODY":
            return str(part.get("text") or "")
    return ""

"""A new message template as an admin writes it, made into what platforms take."""

import re
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from channels_connectors.models import MessageTemplate

_VARIABLE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_LINK: Final = re.compile(r"https://[^\s{}]{3,1900}")
_PHONE: Final = re.compile(r"\+\d{7,15}")
LONGEST_BUTTON: Final = 25
MOST_BUTTONS: Final = 10
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
    buttons: list[str] | None = None,
) -> dict[str, Any]:
    """The arguments of `inbox.message_templates.create_template`.

    Variables are written {{1}} or {{name}}, `buttons` as in `read_button`. Raises
    `ValidationError` by field.
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
        "components": [
            *components_of(body, header, footer, examples or {}),
            *_buttons_of(buttons or []),
        ],
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


def read_button(line: str) -> dict[str, str]:
    """A button as the platform has it: `text`, `text = https://...` or `text = +7...`.

    Raises `ValidationError`.
    """
    text, sign, target = (part.strip() for part in line.partition("="))
    if not 0 < len(text) <= LONGEST_BUTTON:
        words = _("A button has 1 to %(limit)d characters: %(line)s.")
        raise ValidationError({"buttons": [words % {"limit": LONGEST_BUTTON, "line": line[:60]}]})
    if not sign:
        return {"type": "QUICK_REPLY", "text": text}
    if _LINK.fullmatch(target):
        return {"type": "URL", "text": text, "url": target}
    if _PHONE.fullmatch(target):
        return {"type": "PHONE_NUMBER", "text": text, "phone_number": target}
    words = _("This is neither a link nor a phone number: %(line)s.")
    raise ValidationError({"buttons": [words % {"line": line[:60]}]})


def _buttons_of(lines: list[str]) -> list[dict[str, Any]]:
    if len(lines) > MOST_BUTTONS:
        words = _("At most %(limit)d buttons.")
        raise ValidationError({"buttons": [words % {"limit": MOST_BUTTONS}]})
    # Those for answers stand together, as the platform wants them.
    found = sorted(map(read_button, lines), key=lambda button: button["type"] != "QUICK_REPLY")
    return [{"type": "BUTTONS", "buttons": found}] if found else []


def text_of(template: MessageTemplate) -> str:
    """The body, as the platform has it."""
    for part in template.components:
        if str(part.get("type", "")).upper() == "BODY":
            return str(part.get("text") or "")
    return ""

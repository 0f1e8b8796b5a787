"""What a visitor's browser says of the visitor and of the page: cut to size, proven by nobody."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from channels_connectors.types import names

Json = dict[str, Any]

_LONGEST: Final = 500
# UTM marks, and the ids that ad systems add to a click.
MARKS: Final = names(
    """
    utm_source utm_medium utm_campaign utm_content utm_term utm_id
    tandem_link yclid ymclid gclid wbraid gbraid fbclid rb_clickid vk_click_id ttclid msclkid
    """
)
_PAGE: Final = ("url", "title", "referrer", "timezone", "language", "viewport")
_BROWSER_IDS: Final = ("ym_client_id", "ga_client_id", "fbp", "fbc")
_TOUCH: Final = ("at", "landing_page", "referrer")


def profile(said: object) -> dict[str, str]:
    """`name`, `phone`, `email`; what does not look like one is left out."""
    if not isinstance(said, dict):
        return {}
    found = {}
    if name := line(said.get("name"), 100):
        found["name"] = name
    phone = line(said.get("phone"), 32)
    if 5 <= sum(letter.isdigit() for letter in phone) <= 15:
        found["phone"] = phone
    email = line(said.get("email"), 254)
    try:
        validate_email(email)
        found["email"] = email
    except ValidationError:
        pass
    return found


def consent(said: object) -> Json | None:
    """When and to which words the visitor agreed that their data is used."""
    if not isinstance(said, dict) or not (at := line(said.get("at"), 40)):
        return None
    return {"at": at, "text": line(said.get("text"), _LONGEST)}


def context(said: object) -> Json | None:
    """The page, and how the visitor came to the site first and last."""
    if not isinstance(said, dict):
        return None
    found: Json = {"source": "website"}
    found |= _lines(said, _PAGE)
    if ids := _lines(said.get("ids"), _BROWSER_IDS):
        found["ids"] = ids
    for name in ("first_touch", "last_touch"):
        if touch := _lines(said.get(name), (*_TOUCH, *sorted(MARKS))):
            found[name] = touch
    return found


def line(value: object, longest: int = _LONGEST) -> str:
    """Text without control characters, cut; "" for anything else."""
    if not isinstance(value, str):
        return ""
    plain = "".join(
        " " if unicodedata.category(letter) == "Cc" else letter
        for letter in value[: longest * 2]
        if unicodedata.category(letter) != "Cs"
    )
    return plain.strip()[:longest]


def _lines(said: object, wanted: tuple[str, ...]) -> dict[str, str]:
    if not isinstance(said, dict):
        return {}
    return {name: text for name in wanted if (text := line(said.get(name)))}

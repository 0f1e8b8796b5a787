"""What a message carries besides its text: buttons, a place, a contact, a template."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from channels_connectors.models import MessageTemplate
from channels_connectors.types import Capabilities
from contacts.actions import normal_phone
from contacts.models import Consent
from inbox import template_layouts
from inbox.models import Attachment, Conversation
from inbox.models.message import Kind

MOST_ROWS: Final = 10
MOST_IN_A_ROW: Final = 8
LONGEST_LABEL: Final = 64
LONGEST_VALUE: Final = 256
LONGEST_LINK: Final = 2048
LONGEST_LINE: Final = 200
ACTIONS: Final = ("reply", "link", "phone", "location")
# Each of these is a message of its own kind.
WHOLE: Final = ("location", "contact", "template")
KNOWN: Final = frozenset({"buttons", *WHOLE})


@dataclass(frozen=True, slots=True)
class Content:
    """A payload that holds: of which kind the message is, and the text that came with it."""

    payload: dict[str, Any] = field(default_factory=dict)
    kind: str = ""
    text: str = ""

    @property
    def is_template(self) -> bool:
        return self.kind == Kind.TEMPLATE


def clean(
    raw: Mapping[str, Any],
    conversation: Conversation,
    capabilities: Capabilities,
    *,
    text: str,
    attachments: Sequence[Attachment],
) -> Content:
    """Check a payload in the form of `channels_connectors.types.OutboundMessage`.

    Raises `ValidationError` in words; what is null counts as not given.
    """
    given = {name: value for name, value in raw.items() if value not in (None, [], "")}
    if unknown := set(given) - KNOWN:
        raise ValidationError(
            _("A message has no part “%(name)s”."), code="payload", params={"name": min(unknown)}
        )
    whole = [name for name in WHOLE if name in given]
    if len(whole) > 1 or (whole and "buttons" in given):
        raise ValidationError(_("Send these one by one."), code="payload")
    payload: dict[str, Any] = {}
    if "buttons" in given:
        payload["buttons"] = _buttons(given["buttons"], capabilities)
    if not whole:
        return Content(payload, "", text)
    name = whole[0]
    if not isinstance(given[name], Mapping):
        raise ValidationError(
            _("“%(name)s” is not an object."), code="payload", params={"name": name}
        )
    if name == "template":
        return _template(given[name], conversation, capabilities, text, attachments)
    if attachments:
        raise ValidationError(_("A place or a contact goes without files."), code="payload")
    value = _location(given[name]) if name == "location" else _contact(given[name])
    return Content({**payload, name: value, **value}, name, text)


def _buttons(rows: Any, capabilities: Capabilities) -> list[list[dict[str, str]]]:
    if not capabilities.buttons:
        raise ValidationError(_("This channel takes no buttons."), code="buttons")
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise ValidationError(_("Buttons come as rows of buttons."), code="buttons")
    in_rows = [[row] if isinstance(row, Mapping) else row for row in rows]
    if len(in_rows) > MOST_ROWS or not all(
        isinstance(row, Sequence) and not isinstance(row, str) and 0 < len(row) <= MOST_IN_A_ROW
        for row in in_rows
    ):
        raise ValidationError(
            _("At most %(rows)d rows of at most %(buttons)d buttons each."),
            code="buttons",
            params={"rows": MOST_ROWS, "buttons": MOST_IN_A_ROW},
        )
    return [[_button(button, capabilities) for button in row] for row in in_rows]


def _button(button: Any, capabilities: Capabilities) -> dict[str, str]:
    if not isinstance(button, Mapping):
        raise ValidationError(_("Buttons come as rows of buttons."), code="buttons")
    label, action = _line(button.get("label")), str(button.get("action") or "reply")
    if not label or len(label) > LONGEST_LABEL:
        raise ValidationError(
            _("A button needs a label of at most %(count)d characters."),
            code="buttons",
            params={"count": LONGEST_LABEL},
        )
    if action not in ACTIONS or action not in capabilities.buttons:
        raise ValidationError(
            _("The button “%(label)s” does what this channel cannot."),
            code="buttons",
            params={"label": label},
        )
    value = _line(button.get("value"))
    if action == "link":
        _check_link(label, value)
    elif action == "reply":
        value = value or label
        if len(value) > LONGEST_VALUE:
            raise ValidationError(
                _("The value of the button “%(label)s” is too long."),
                code="buttons",
                params={"label": label},
            )
    return {"label": label, "action": action, "value": value}


def _check_link(label: str, value: str) -> None:
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or len(value) > LONGEST_LINK:
        raise ValidationError(
            _("The button “%(label)s” needs an address that begins with https://."),
            code="buttons",
            params={"label": label},
        )


def _location(value: Mapping[str, Any]) -> dict[str, Any]:
    latitude = _degrees(value.get("latitude"), 90)
    longitude = _degrees(value.get("longitude"), 180)
    if latitude is None or longitude is None:
        raise ValidationError(
            _("A place needs its latitude and longitude in degrees."), code="location"
        )
    named = {name: _line(value.get(name))[:LONGEST_LINE] for name in ("title", "address")}
    return {"latitude": latitude, "longitude": longitude, **{k: v for k, v in named.items() if v}}


def _degrees(value: Any, most: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        degrees = float(value)
    except ValueError:
        return None
    return degrees if math.isfinite(degrees) and abs(degrees) <= most else None


def _contact(value: Mapping[str, Any]) -> dict[str, Any]:
    name = _line(value.get("name"))[:LONGEST_LINE]
    phone = normal_phone(_line(value.get("phone")))
    if not name or not any(character.isdigit() for character in phone):
        raise ValidationError(_("A contact needs a name and a phone number."), code="contact")
    return {"name": name, "phone": phone}


def _template(
    asked: Mapping[str, Any],
    conversation: Conversation,
    capabilities: Capabilities,
    text: str,
    attachments: Sequence[Attachment],
) -> Content:
    if not capabilities.templates:
        raise ValidationError(_("This channel has no message templates."), code="template")
    if text:
        raise ValidationError(_("A template brings its own text."), code="template")
    templates = MessageTemplate.objects.filter(channel_id=conversation.channel_id)
    found = templates.filter(name=_line(asked.get("name")), language=_line(asked.get("language")))
    template = found.first()
    if template is None:
        raise ValidationError(_("There is no such template in this channel."), code="template")
    _check_consent(template, conversation)
    media = template_layouts.layout_of(template).media
    if [attachment.kind for attachment in attachments] != ([media] if media else []):
        raise ValidationError(_media_words(media), code="template_file")
    payload, rendered = template_layouts.fill(template, asked)
    return Content({"template": payload}, Kind.TEMPLATE, rendered)


def _check_consent(template: MessageTemplate, conversation: Conversation) -> None:
    """Offers never go to who said no, here or everywhere."""
    if template.category != MessageTemplate.Category.MARKETING:
        return
    refused = Consent.objects.filter(
        Q(channel=None) | Q(channel_id=conversation.channel_id),
        contact_id=conversation.contact_id,
        purpose=Consent.Purpose.MARKETING,
        is_granted=False,
    )
    if refused.exists():
        raise ValidationError(_("This customer does not want offers."), code="consent")


def _media_words(media: str) -> str:
    return {
        "image": _("This template needs one picture."),
        "video": _("This template needs one video."),
        "file": _("This template needs one document."),
    }.get(media, _("This template takes no files."))


def _line(value: Any) -> str:
    words = str(value) if isinstance(value, str | int | float) else ""
    return " ".join(words.replace("\0", "").split())

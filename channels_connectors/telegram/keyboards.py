"""Buttons under a message, and the keyboard in place of the customer's own."""

from __future__ import annotations

from typing import Any, Final

from channels_connectors.errors import ConnectorError
from channels_connectors.types import Json

from .errors import BAD_BUTTON, LINK_BESIDE_REQUEST, LONG_BUTTON

# Of `callback_data`, by the Bot API.
MAX_DATA_BYTES: Final = 64
_ASKING: Final = {"phone": "request_contact", "location": "request_location"}


def markup(buttons: Any) -> Json | None:
    """`OutboundMessage.payload["buttons"]` as a `reply_markup`. Raises ConnectorError.

    A button that asks for a phone or a place exists only in the keyboard that replaces the
    customer's; there the others say their label, and links are impossible.
    """
    if not buttons:
        return None
    try:
        rows = [[_checked(button) for button in row] for row in buttons if row]
    except (TypeError, AttributeError):
        raise ConnectorError("bad_content", BAD_BUTTON) from None
    if not rows:
        return None
    if any(action in _ASKING for row in rows for _label, action, _value in row):
        keyboard = [[_key(*button) for button in row] for row in rows]
        return {"keyboard": keyboard, "resize_keyboard": True, "one_time_keyboard": True}
    return {"inline_keyboard": [[_inline(*button) for button in row] for row in rows]}


def _checked(button: Any) -> tuple[str, str, str]:
    label, action = str(button.get("label") or "").strip(), str(button.get("action") or "")
    value = str(button.get("value") or "")
    if not label or action not in {"reply", "link", *_ASKING} or (action == "link" and not value):
        raise ConnectorError("bad_content", BAD_BUTTON)
    return label, action, value


def _key(label: str, action: str, value: str) -> Json:
    if action == "link":
        raise ConnectorError("bad_content", LINK_BESIDE_REQUEST)
    return {"text": label, _ASKING[action]: True} if action in _ASKING else {"text": label}


def _inline(label: str, action: str, value: str) -> Json:
    if action == "link":
        return {"text": label, "url": value}
    data = value or label
    if data == label:
        # Nobody reads it but us, and the label is told beside it.
        data = label.encode()[:MAX_DATA_BYTES].decode(errors="ignore")
    if len(data.encode()) > MAX_DATA_BYTES:
        raise ConnectorError("bad_content", LONG_BUTTON)
    return {"text": label, "callback_data": data}

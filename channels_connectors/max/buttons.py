"""Keyboards under messages, in our form and in MAX's."""

from __future__ import annotations

from typing import Any, Final

from channels_connectors.errors import ConnectorError

from .errors import KEYBOARD
from .people import Fields

# Our actions and MAX's types; "reply" comes back to us as a callback.
ACTIONS: Final = {
    "reply": "callback",
    "link": "link",
    "phone": "request_contact",
    "location": "request_geo_location",
}
_BY_TYPE: Final = {kind: action for action, kind in ACTIONS.items()}
_LONGEST_LABEL: Final = 128
# In characters, of a callback's payload and of a link.
_LONGEST_VALUE: Final = {"reply": 1024, "link": 2048}
_MOST_ROWS: Final = 30
_MOST_BUTTONS: Final = 210
_WIDEST: Final = 7
# A row with one of the others than callbacks holds fewer.
_WIDEST_MIXED: Final = 3


def keyboard(rows: Any) -> Fields | None:
    """The attachment for our `payload["buttons"]`; None where there are none.

    Rows that are too wide for MAX go on in the next. Raises ConnectorError("bad_content").
    """
    if not rows:
        return None
    try:
        wanted = [[_button(button) for button in row] for row in rows if row]
    except (TypeError, LookupError, AttributeError, ValueError):
        raise ConnectorError("bad_content", KEYBOARD) from None
    lines = [line for row in wanted for line in _lines(row)]
    if not lines or len(lines) > _MOST_ROWS or sum(map(len, lines)) > _MOST_BUTTONS:
        raise ConnectorError("bad_content", KEYBOARD)
    return {"type": "inline_keyboard", "payload": {"buttons": lines}}


def read(rows: Any) -> list[list[Fields]]:
    """MAX's rows as ours, for showing what a message of ours offered."""
    return [
        [
            {
                "label": str(button.get("text") or ""),
                "action": _BY_TYPE.get(str(button.get("type")), str(button.get("type") or "")),
                "value": str(button.get("payload") or button.get("url") or ""),
            }
            for button in row
        ]
        for row in rows or ()
    ]


def label(rows: Any, payload: str) -> str:
    """What is written on the button with this payload; "" where there is none."""
    for row in rows or ():
        for button in row:
            if button.get("type") == "callback" and button.get("payload") == payload:
                return str(button.get("text") or "")
    return ""


def _button(button: Fields) -> Fields:
    action, text = str(button["action"]), str(button["label"]).strip()
    value = str(button.get("value") or "")
    if not 0 < len(text) <= _LONGEST_LABEL:
        raise ValueError("a label is empty or too long")
    if len(value) > _LONGEST_VALUE.get(action, len(value)):
        raise ValueError("a value is too long")
    found: Fields = {"type": ACTIONS[action], "text": text}
    if action == "reply":
        found["payload"] = value or text
    elif action == "link":
        if not value.startswith(("https://", "http://")):
            raise ValueError("a link leads nowhere")
        found["url"] = value
    return found


def _lines(row: list[Fields]) -> list[list[Fields]]:
    callbacks = all(button["type"] == "callback" for button in row)
    width = _WIDEST if callbacks else _WIDEST_MIXED
    return [row[start : start + width] for start in range(0, len(row), width)]

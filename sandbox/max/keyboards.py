"""What MAX demands of a keyboard."""

from __future__ import annotations

from typing import Any

from .refusals import wrong

MOST_ROWS = 30
MOST_BUTTONS = 210
# (rows of callbacks may be wide, rows with one of these may not)
_NARROW = {"link", "open_app", "request_contact", "request_geo_location"}
_TYPES = {*_NARROW, "callback", "message", "clipboard"}


def check(keyboard: Any) -> None:
    """Raise a refusal for a keyboard that MAX would not take."""
    rows = keyboard.get("buttons") if isinstance(keyboard, dict) else None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
        raise wrong("keyboard: buttons must be a non-empty array of arrays")
    if len(rows) > MOST_ROWS or sum(map(len, rows)) > MOST_BUTTONS:
        raise wrong("keyboard: too many buttons")
    for row in rows:
        for button in row:
            _check_button(button)
        narrow = any(button["type"] in _NARROW for button in row)
        if not 0 < len(row) <= (3 if narrow else 7):
            raise wrong("keyboard: too many buttons in a row")


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or button.get("type") not in _TYPES:
        raise wrong("keyboard: button type is invalid")
    if not 0 < len(str(button.get("text") or "")) <= 128:
        raise wrong("keyboard: button text must be 1-128 characters")
    if button["type"] == "callback" and not 0 < len(str(button.get("payload") or "")) <= 1024:
        raise wrong("keyboard: payload must be 1-1024 characters")
    url = str(button.get("url") or "")
    if button["type"] == "link" and not (url.startswith("http") and len(url) <= 2048):
        raise wrong("keyboard: url is invalid")

"""What VK demands of a keyboard."""

from __future__ import annotations

from typing import Any

from .refusals import Refusal

_COLORS = {"primary", "secondary", "negative", "positive", "default"}
_TYPES = {"text", "open_link", "location", "vkpay", "open_app", "callback", "open_photo"}


def check(keyboard: Any) -> None:
    """Raise 911 for a keyboard that VK would not take."""
    if not isinstance(keyboard, dict) or not isinstance(keyboard.get("buttons"), list):
        raise Refusal(911, "buttons is required")
    inline = bool(keyboard.get("inline"))
    rows = keyboard["buttons"]
    if inline and keyboard.get("one_time"):
        raise Refusal(911, "one_time is not available for inline keyboards")
    most_rows, most = (6, 10) if inline else (10, 40)
    if len(rows) > most_rows or sum(len(row) for row in rows) > most:
        raise Refusal(911, "too many buttons")
    for row in rows:
        if not 0 < len(row) <= 5:
            raise Refusal(911, "too many buttons in a row")
        for button in row:
            _check_button(button)


def _check_button(button: Any) -> None:
    action = button.get("action") if isinstance(button, dict) else None
    if not isinstance(action, dict) or action.get("type") not in _TYPES:
        raise Refusal(911, "button action is invalid")
    if button.get("color") not in _COLORS | {None}:
        raise Refusal(911, "button color is invalid")
    if action["type"] in ("text", "callback") and not 0 < len(str(action.get("label") or "")) <= 40:
        raise Refusal(911, "button label is invalid")
    if len(str(action.get("payload") or "")) > 255:
        raise Refusal(911, "button payload is too long")

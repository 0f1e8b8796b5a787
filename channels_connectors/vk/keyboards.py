"""Buttons under a message, in VK's form.

`reply` shows what was pressed as a message of the customer's, `callback` only tells us, `link`
opens an address, `location` asks for theirs. They hang on their message (an inline keyboard), so
that an old one still says what it asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import orjson

from channels_connectors.errors import ConnectorError
from channels_connectors.types import Json, Words

from .words import BUTTON_ACTION, BUTTON_LINK, BUTTON_ROWS, BUTTON_VALUE, BUTTON_WORDS

MOST_ROWS: Final = 6
MOST_IN_A_ROW: Final = 5
MOST_BUTTONS: Final = 10
LONGEST_LABEL: Final = 40
LONGEST_PAYLOAD: Final = 255


def keyboard(rows: list[list[Json]]) -> Json:
    """An inline keyboard. Raises ConnectorError for what VK would not take."""
    made = [[_button(button) for button in row] for row in rows if row]
    if (
        len(made) > MOST_ROWS
        or any(len(row) > MOST_IN_A_ROW for row in made)
        or sum(map(len, made)) > MOST_BUTTONS
    ):
        raise _refusal(BUTTON_ROWS)
    return {"inline": True, "buttons": made}


def _button(button: Json) -> Json:
    make = _ACTIONS.get(str(button.get("action") or "reply"))
    if make is None:
        raise _refusal(BUTTON_ACTION)
    return make(str(button.get("label") or "").strip(), str(button.get("value") or ""))


def _pressed(kind: str) -> Callable[[str, str], Json]:
    def make(label: str, value: str) -> Json:
        action = {"type": kind, "label": _label(label), "payload": _payload(value or label)}
        return {"action": action, "color": "primary"}

    return make


def _link(label: str, value: str) -> Json:
    if not value.startswith(("https://", "http://")):
        raise _refusal(BUTTON_LINK)
    return {"action": {"type": "open_link", "label": _label(label), "link": value}}


def _location(label: str, value: str) -> Json:
    # VK writes the label of this one itself.
    return {"action": {"type": "location", "payload": _payload(value or "location")}}


def _label(label: str) -> str:
    if not 0 < len(label) <= LONGEST_LABEL:
        raise _refusal(BUTTON_WORDS)
    return label


def _payload(value: str) -> str:
    """What comes back with the press: VK wants JSON, `content` takes it out again."""
    payload = orjson.dumps({"button": value}).decode()
    if len(payload) > LONGEST_PAYLOAD:
        raise _refusal(BUTTON_VALUE)
    return payload


def _refusal(words: Words) -> ConnectorError:
    return ConnectorError("bad_content", words)


_ACTIONS: Final[dict[str, Callable[[str, str], Json]]] = {
    "reply": _pressed("text"),
    "callback": _pressed("callback"),
    "link": _link,
    "location": _location,
}
# What `Capabilities.buttons` promises.
ACTIONS: Final = frozenset(_ACTIONS)


def unwrapped(told: Any) -> str | None:
    """The value of a button of ours; None for a payload of somebody else's."""
    if isinstance(told, dict) and told.keys() == {"button"} and isinstance(told["button"], str):
        return told["button"]
    return None

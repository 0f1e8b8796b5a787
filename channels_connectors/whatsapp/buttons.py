"""A keyboard as an interactive message: reply buttons, a list, one link, a place to share.

https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-reply-buttons-messages
"""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import pgettext

from channels_connectors.errors import ConnectorError
from channels_connectors.types import Json

from .words import EMPTY, MIXED_BUTTONS, PHONE_BUTTON, TOO_MANY_BUTTONS

BODY_LIMIT: Final = 1024
ACTIONS: Final = frozenset({"reply", "link", "location"})

_MOST_REPLIES: Final = 3
_MOST_ROWS: Final = 10
_LONGEST_TITLE: Final = 20
_LONGEST_ROW: Final = 24
_LONGEST_DESCRIPTION: Final = 72
_LONGEST_ID: Final = 200


class Keyboard:
    """The buttons of one message. `lines` is what of them has to be said in its text."""

    def __init__(self, rows: Any) -> None:
        buttons = [button for row in rows or () for button in row]
        self._replies = [found for found in buttons if found.get("action") == "reply"]
        links = [found for found in buttons if found.get("action") == "link"]
        places = [found for found in buttons if found.get("action") == "location"]
        if any(found.get("action") == "phone" for found in buttons):
            raise ConnectorError("bad_content", PHONE_BUTTON)
        if len(self._replies) > _MOST_ROWS:
            raise ConnectorError("bad_content", TOO_MANY_BUTTONS)
        if places and len(buttons) > 1:
            raise ConnectorError("bad_content", MIXED_BUTTONS)
        self._asks_for_place = bool(places)
        # A message holds one link, and no replies beside it; the others are told.
        alone = len(links) == 1 and not self._replies
        self._link = links[0] if alone else None
        self.lines = [] if alone else [f"{found['label']}: {found['value']}" for found in links]

    def __bool__(self) -> bool:
        return bool(self._replies or self._link or self._asks_for_place)

    @property
    def takes_header(self) -> bool:
        """Whether a picture, a film or a document may stand above the text."""
        return self._is_short or self._link is not None

    def interactive(self, text: str, header: Json | None = None) -> Json:
        """The message's `interactive`, with at most BODY_LIMIT characters of text."""
        if not text:
            raise ConnectorError("bad_content", EMPTY)
        kind, action = self._action()
        told: Json = {"type": kind, "body": {"text": text}, "action": action}
        return {**told, "header": header} if header else told

    @property
    def _is_short(self) -> bool:
        """Whether the replies fit under the message; more or longer ones become a list."""
        return 0 < len(self._replies) <= _MOST_REPLIES and all(
            len(str(found["label"])) <= _LONGEST_TITLE for found in self._replies
        )

    def _action(self) -> tuple[str, Json]:
        if self._asks_for_place:
            return "location_request_message", {"name": "send_location"}
        if self._link is not None:
            label, url = str(self._link["label"]), str(self._link["value"])
            parameters = {"display_text": _cut(label, _LONGEST_TITLE), "url": url}
            return "cta_url", {"name": "cta_url", "parameters": parameters}
        if self._is_short:
            replies = [
                {"type": "reply", "reply": {"id": self._id(index), "title": str(found["label"])}}
                for index, found in enumerate(self._replies)
            ]
            return "button", {"buttons": replies}
        rows = [self._row(index) for index in range(len(self._replies))]
        # The title of the button that opens the list.
        return "list", {
            "button": _cut(pgettext("button", "Choose"), _LONGEST_TITLE),
            "sections": [{"rows": rows}],
        }

    def _row(self, index: int) -> Json:
        label = str(self._replies[index]["label"])
        row: Json = {"id": self._id(index), "title": _cut(label, _LONGEST_ROW)}
        if len(label) > _LONGEST_ROW:
            row["description"] = _cut(label, _LONGEST_DESCRIPTION)
        return row

    def _id(self, index: int) -> str:
        """What comes back when the button is pressed. WhatsApp wants each to be another."""
        values = [str(found.get("value") or found["label"]) for found in self._replies]
        value = values[index][:_LONGEST_ID]
        if value in [earlier[:_LONGEST_ID] for earlier in values[:index]]:
            return f"{value[: _LONGEST_ID - 3]}#{index}"
        return value


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"

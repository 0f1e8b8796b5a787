"""What an outbound message says, as parameters of VK's."""

from __future__ import annotations

from typing import Any, Final

from channels_connectors.errors import ConnectorError
from channels_connectors.types import Json, OutboundMessage

from .keyboards import keyboard
from .texts import plain, utf16_length
from .uploads import MOST_FILES
from .words import EMPTY, TOO_LONG, TOO_MANY_FILES

TEXT_LIMIT: Final = 4096
# Parameters of messages.send that a payload may carry in VK's own form: `keyboard` (one_time,
# inline, buttons), `template` (a carousel) and `payload` (what we get back with an answer).
_PASSED_ON: Final = ("keyboard", "template", "payload")


def parameters_of(message: OutboundMessage) -> dict[str, Any]:
    """All but the files, which are uploaded first, and the reply.

    Raises ConnectorError for what VK would not take.
    """
    payload = message.payload
    lines = [plain(message.text, message.entities).strip(), *_spoken(payload)]
    text = "\n".join(line for line in lines if line)
    place = payload.get("location") or {}
    if not text and not place and not message.attachments:
        raise ConnectorError("bad_content", EMPTY)
    if utf16_length(text) > TEXT_LIMIT:
        raise ConnectorError("bad_content", TOO_LONG)
    if len(message.attachments) > MOST_FILES:
        raise ConnectorError("bad_content", TOO_MANY_FILES)
    parameters: dict[str, Any] = {"message": text} if text else {}
    if place:
        parameters |= {"lat": place["latitude"], "long": place["longitude"]}
    if rows := payload.get("buttons"):
        parameters["keyboard"] = keyboard(rows)
    return parameters | {name: payload[name] for name in _PASSED_ON if payload.get(name)}


def _spoken(payload: Json) -> list[str]:
    """What VK has no form for, in words: a place's name, a contact."""
    place, contact = payload.get("location") or {}, payload.get("contact") or {}
    told = [place.get("title"), place.get("address"), contact.get("name"), contact.get("phone")]
    return [str(part) for part in told if part]

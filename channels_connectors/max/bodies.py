"""What an outbound message becomes in MAX: one message or several, each as the body of a call.

Sounds, files and cards must be the only attachment of their message; buttons count as one too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from channels_connectors.errors import ConnectorError
from channels_connectors.types import OutboundMessage

from . import vcards
from .buttons import keyboard
from .errors import EMPTY, KEYBOARD, REFUSED
from .markup import pieces
from .people import Fields
from .uploads import Upload

TEXT_LIMIT: Final = 4000
MOST_ATTACHMENTS: Final = 12
# These share a message, with each other and with buttons.
_TOGETHER: Final = frozenset({"image", "video"})


class Draft:
    """One message in the making; its files are uploaded when all of them are known."""

    def __init__(self, files: Sequence[Upload] = (), attachments: Sequence[Fields] = ()) -> None:
        self.files = list(files)
        self.attachments = list(attachments)
        self.text: Fields = {}

    @property
    def takes_buttons(self) -> bool:
        """Whether a keyboard may hang on it."""
        kinds = {file.kind for file in self.files} | {found["type"] for found in self.attachments}
        return kinds <= {*_TOGETHER, "location"} and self._count < MOST_ATTACHMENTS

    @property
    def _count(self) -> int:
        return len(self.files) + len(self.attachments)

    def body(self, uploaded: Sequence[Fields]) -> Fields:
        """The body of the call; `uploaded` stand for the files."""
        attachments = [*uploaded, *self.attachments]
        return {**self.text, **({"attachments": attachments} if attachments else {})}


def drafts(message: OutboundMessage, files: Sequence[Upload]) -> list[Draft]:
    """The messages to send, in order. Raises ConnectorError("bad_content")."""
    texts = pieces(message.text, message.entities, TEXT_LIMIT)
    buttons = keyboard(message.payload.get("buttons"))
    found = [*_of_files(files), *_of_payload(message.payload)]
    # A short text goes with the first of them, as its caption; buttons want to be beneath it.
    if found and len(texts) == 1 and not (buttons and not found[0].takes_buttons):
        found[0].text = texts[0]
    else:
        for text in texts:
            draft = Draft()
            draft.text = text
            found.append(draft)
    if not found:
        raise ConnectorError("bad_content", EMPTY)
    if buttons:
        _hang(buttons, found)
    return found


def _hang(buttons: Fields, found: list[Draft]) -> None:
    place = next((draft for draft in reversed(found) if draft.text), found[-1])
    if not place.takes_buttons:
        raise ConnectorError("bad_content", KEYBOARD)
    place.attachments.append(buttons)


def _of_files(files: Sequence[Upload]) -> list[Draft]:
    found: list[Draft] = []
    for file in files:
        last = found[-1].files if found else []
        together = file.kind in _TOGETHER and last and last[-1].kind in _TOGETHER
        if together and len(last) < MOST_ATTACHMENTS:
            last.append(file)
        else:
            found.append(Draft([file]))
    return found


def _of_payload(payload: Fields) -> list[Draft]:
    found = []
    try:
        if place := payload.get("location"):
            found.append(_location(place))
        if card := payload.get("contact"):
            found.append(_contact(card))
    except (LookupError, TypeError, ValueError):
        raise ConnectorError("bad_content", REFUSED) from None
    return found


def _location(place: Fields) -> Draft:
    latitude, longitude = float(place["latitude"]), float(place["longitude"])
    draft = Draft(attachments=[{"type": "location", "latitude": latitude, "longitude": longitude}])
    told = [str(place[name]) for name in ("title", "address") if place.get(name)]
    if told:
        draft.text = {"text": "\n".join(told)[:TEXT_LIMIT]}
    return draft


def _contact(card: Fields) -> Draft:
    name, phone = str(card["name"]), str(card.get("phone") or "")
    about: dict[str, Any] = {"name": name, "vcf_info": vcards.write(name, phone)}
    if phone:
        about["vcf_phone"] = phone
    return Draft(attachments=[{"type": "contact", "payload": about}])

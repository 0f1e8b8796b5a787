"""A point on the map and a card with a phone number, as calls of the Bot API."""

from __future__ import annotations

from typing import Any, Final

from channels_connectors.errors import ConnectorError
from channels_connectors.types import Json

from .errors import BAD_CARD, BAD_PLACE
from .models import SendContact, SendLocation, SendVenue, TelegramMethod
from .steps import Step, Target

SECONDS: Final = 30


def steps(payload: Json) -> list[Step]:
    """The calls for `location` and `contact` of a payload. Raises ConnectorError."""
    found = []
    if location := payload.get("location"):
        found.append(_location(location))
    if contact := payload.get("contact"):
        found.append(_contact(contact))
    return found


def _location(place: Any) -> Step:
    try:
        point = {name: float(place[name]) for name in ("latitude", "longitude")}
        title = str(place.get("title") or "")
        address = str(place.get("address") or "")
    except (TypeError, ValueError, LookupError, AttributeError):
        raise ConnectorError("bad_content", BAD_PLACE) from None
    if not (abs(point["latitude"]) <= 90 and abs(point["longitude"]) <= 180):
        raise ConnectorError("bad_content", BAD_PLACE)

    def step(target: Target) -> tuple[TelegramMethod[Any], int]:
        where: dict[str, Any] = {**point, **target.parameters}
        if title or address:
            # Telegram wants both, and neither empty.
            method: Any = SendVenue(title=title or address, address=address or title, **where)
        else:
            method = SendLocation(**where)
        return method, SECONDS

    return step


def _contact(card: Any) -> Step:
    try:
        phone, name = str(card["phone"]), str(card.get("name") or card["phone"])
    except (TypeError, LookupError, AttributeError):
        raise ConnectorError("bad_content", BAD_CARD) from None

    def step(target: Target) -> tuple[TelegramMethod[Any], int]:
        first, _space, last = name.partition(" ")
        method = SendContact(
            phone_number=phone, first_name=first, last_name=last or None, **target.parameters
        )
        return method, SECONDS

    return step

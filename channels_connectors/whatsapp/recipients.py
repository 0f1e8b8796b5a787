"""By which of its names a chat is addressed: a phone number, a business-scoped id, a group."""

from __future__ import annotations

import re
from typing import Final

from channels_connectors.types import Json

# A country and at most 128 letters or digits; that of a portfolio has ENT in between.
# https://developers.facebook.com/docs/whatsapp/business-scoped-user-ids
_SCOPED_ID: Final = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_PHONE: Final = re.compile(r"\+?\d{5,20}")


def is_phone(chat_id: str) -> bool:
    """Whether this is a phone number, as `wa_id` is."""
    return chat_id.isascii() and _PHONE.fullmatch(chat_id) is not None


def address(chat_id: str) -> Json:
    """The part of a message that says whom it is for."""
    if is_phone(chat_id):
        return {"recipient_type": "individual", "to": chat_id}
    if _SCOPED_ID.fullmatch(chat_id):
        return {"recipient_type": "individual", "recipient": chat_id}
    return {"recipient_type": "group", "to": chat_id}

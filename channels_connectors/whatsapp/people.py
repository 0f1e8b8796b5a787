"""Who is meant: by phone number, by business-scoped id, or by both.

Who hides the number behind a username has only the id. A chat is named by the number where it is
known; the other names go along as aliases.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from channels_connectors.types import Person

Fields = dict[str, Any]

_LONGEST: Final = 250


class Account(NamedTuple):
    """Whose webhook it is: the channel's own number and its WhatsApp Business Account."""

    phone_number_id: str = ""
    waba_id: str = ""


class Names(NamedTuple):
    """All by which somebody is named in one place."""

    phone: str = ""
    scoped: str = ""
    parent: str = ""

    @property
    def chat_id(self) -> str:
        """The name of their private chat. Raises ValueError when there is none."""
        name = self.phone or self.scoped or self.parent
        if not name:
            raise ValueError("nobody is named")
        return name

    @property
    def aliases(self) -> tuple[str, ...]:
        """The other names, by which the same chat may come tomorrow."""
        others = (self.phone, self.scoped, self.parent)
        return tuple(dict.fromkeys(name for name in others if name and name != self.chat_id))


def names(told: Fields, phone: str, scoped: str, parent: str = "") -> Names:
    """The names under these keys."""
    return Names(text(told.get(phone)), text(told.get(scoped)), text(told.get(parent)))


def sender(message: Fields) -> Names:
    """Who wrote a message."""
    return names(message, "from", "from_user_id", "from_parent_user_id")


def recipient(told: Fields) -> Names:
    """Whom a status or an echo is about."""
    phone = text(told.get("recipient_id") or told.get("to"))
    scoped = told.get("recipient_user_id") or told.get("to_user_id")
    parent = told.get("parent_recipient_user_id") or told.get("recipient_parent_user_id")
    return Names(phone, text(scoped), text(parent))


def person(known: Names, contacts: Any) -> Person:
    """Somebody with what the envelope's `contacts` tell of them."""
    contact = _contact(known, contacts)
    profile = contact.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    whole = Names(
        known.phone or text(contact.get("wa_id")),
        known.scoped or text(contact.get("user_id")),
        known.parent or text(contact.get("parent_user_id")),
    )
    return Person(
        external_id=whole.chat_id,
        name=text(profile.get("name")),
        username=text(profile.get("username")),
        phone=f"+{whole.phone}" if whole.phone.isdigit() else "",
        aliases=whole.aliases,
    )


def _contact(known: Names, contacts: Any) -> Fields:
    found = [one for one in contacts if isinstance(one, dict)] if isinstance(contacts, list) else []
    for one in found:
        if known.phone and text(one.get("wa_id")) == known.phone:
            return one
        if known.scoped and text(one.get("user_id")) == known.scoped:
            return one
    return {}


def text(value: Any) -> str:
    """An id or a name as text; "" for what is neither."""
    if isinstance(value, str):
        return value[:_LONGEST]
    return str(value) if type(value) is int else ""


def moment(seconds: Any) -> datetime:
    """WhatsApp's time: whole seconds, usually as text. Raises ValueError."""
    if not isinstance(seconds, str | int) or isinstance(seconds, bool):
        raise ValueError("a time is missing")
    return datetime.fromtimestamp(int(seconds), UTC)


def moment_or_none(seconds: Any) -> datetime | None:
    """The same where a time may lack."""
    try:
        return moment(seconds)
    except (ValueError, OverflowError, OSError):
        return None

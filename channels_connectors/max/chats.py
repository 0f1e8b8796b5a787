"""The life of chats in MAX: started, stopped, muted, joined and left; and all other news."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from channels_connectors.types import (
    InboundItem,
    InboundMessage,
    InboundNotice,
    InboundProfile,
    InboundReachability,
    Person,
    Words,
)

from .people import Fields, full_name, member, number, partner

RIGHTS_CHANGED: Final = _("The bot’s rights in a MAX chat have changed.")
UNKNOWN: Final = _("MAX tells of something that Tandem does not know yet.")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

# Kept whole: no conversation has a place for them.
_NOTICES: Final[dict[str, Words]] = {
    "bot_admin_permissions_changed": RIGHTS_CHANGED,
    "comment_created": "",
    "comment_edited": "",
    "comment_removed": "",
}
# Not sent any more, but old bodies may be read again.
_FORMER_NOTICES: Final[dict[str, Words]] = {"message_chat_created": ""}


def read(kind: str, update: Fields, bot_id: str) -> list[InboundItem]:
    """The items of any update that is not about a message."""
    known = _CHATS.get(kind)
    if known is not None:
        return known(update, bot_id)
    notices = {**_NOTICES, **_FORMER_NOTICES}
    at = moment(update["timestamp"]) if "timestamp" in update else None
    words = notices.get(kind, UNKNOWN)
    return [InboundNotice(topic=kind[:100], at=at, words=words, data=update)]


def moment(milliseconds: Any) -> datetime:
    """A time as MAX writes it, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=number(milliseconds))


def _bot_started(update: Fields, bot_id: str) -> list[InboundItem]:
    """The customer pressed "Start", perhaps behind a link with a payload: their first word."""
    chat_id, at = _place(update)
    payload = str(update.get("payload") or "").strip()
    return [
        InboundMessage(
            chat_id=chat_id,
            external_id=f"start-{chat_id}-{update['timestamp']}",
            order=0,
            sent_at=at,
            kind="text",
            text=f"/start {payload}".strip(),
            sender=partner(chat_id, update["user"], update.get("user_locale")),
            payload={"event": "bot_started"},
            referral={"start": payload} if payload else None,
        ),
        InboundReachability(chat_id, True, at),
    ]


def _lost(reason: str) -> Callable[[Fields, str], list[InboundItem]]:
    def read_lost(update: Fields, bot_id: str) -> list[InboundItem]:
        chat_id, at = _place(update)
        return [InboundReachability(chat_id, False, at, reason)]

    return read_lost


def _in_dialog(update: Fields, bot_id: str) -> list[InboundItem]:
    """Something that the customer did to the dialog, which the agent should know."""
    chat_id, _at = _place(update)
    facts: Fields = {}
    if (until := update.get("muted_until")) is not None:
        facts["muted_until"] = _until(until)
    who = partner(chat_id, update["user"], update.get("user_locale"))
    return [_system(update, str(update["update_type"]), who, **facts)]


def _bot_added(update: Fields, bot_id: str) -> list[InboundItem]:
    chat_id, at = _place(update)
    said = _system(update, "bot_added", member(update["user"]), names=[_name(update)])
    return [said, InboundReachability(chat_id, True, at)]


def _bot_removed(update: Fields, bot_id: str) -> list[InboundItem]:
    chat_id, at = _place(update)
    said = _system(update, "bot_removed", member(update["user"]), names=[_name(update)])
    return [said, InboundReachability(chat_id, False, at, "removed")]


def _members(event: str) -> Callable[[Fields, str], list[InboundItem]]:
    def read_members(update: Fields, bot_id: str) -> list[InboundItem]:
        who = member(update["user"])
        return [_system(update, event, who, names=[_name(update)])]

    return read_members


def _title(update: Fields, bot_id: str) -> list[InboundItem]:
    chat_id, _at = _place(update)
    title = str(update["title"])
    return [
        _system(update, "new_chat_title", member(update["user"]), title=title),
        InboundProfile(chat_id, Person(chat_id, name=title)),
    ]


def _system(update: Fields, event: str, who: Person, **facts: Any) -> InboundMessage:
    chat_id, at = _place(update)
    return InboundMessage(
        chat_id=chat_id,
        external_id=f"{event}-{chat_id}-{update['user']['user_id']}-{update['timestamp']}",
        order=0,
        sent_at=at,
        kind="system",
        sender=who,
        payload={"event": event, **facts},
    )


def _place(update: Fields) -> tuple[str, datetime]:
    return str(number(update["chat_id"])), moment(update["timestamp"])


def _name(update: Fields) -> str:
    return full_name(update["user"])


def _until(milliseconds: Any) -> str:
    """ "" for what is so far off that it means for ever."""
    try:
        return moment(milliseconds).isoformat()
    except OverflowError:
        return ""


# The names of events are those of other messengers where they mean the same.
_CHATS: Final[dict[str, Callable[[Fields, str], list[InboundItem]]]] = {
    "bot_started": _bot_started,
    "bot_stopped": _lost("stopped"),
    "dialog_removed": _lost("removed"),
    "dialog_cleared": _in_dialog,
    "dialog_muted": _in_dialog,
    "dialog_unmuted": _in_dialog,
    "bot_added": _bot_added,
    "bot_removed": _bot_removed,
    "user_added": _members("new_chat_members"),
    "user_removed": _members("left_chat_member"),
    "chat_title_changed": _title,
}
UPDATE_TYPES: Final = (*_CHATS, *_NOTICES)

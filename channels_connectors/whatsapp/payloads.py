"""Webhooks of WhatsApp as inbound items.

One body holds entries of several accounts, each several changes, each several messages. A broken
one must not take its neighbours along, and nothing is dropped: what is unknown becomes a notice.
https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal

import orjson

from channels_connectors import documents
from channels_connectors.errors import ParkedPayload
from channels_connectors.ornaments import MALFORMED
from channels_connectors.types import (
    InboundConsent,
    InboundEdit,
    InboundItem,
    InboundMessage,
    InboundNotice,
    InboundProfile,
    Person,
)
from channels_connectors.types import names as words

from .account_news import news, time_of
from .errors import refusal
from .messages import echo, incoming, renamed
from .people import Account, Fields, Names, moment_or_none, names, text
from .statuses import status

OBJECT: Final = "whatsapp_business_account"
# What an app must subscribe to, in Meta's words.
FIELDS: Final = words(
    """
    messages smb_message_echoes smb_app_state_sync history user_preferences user_id_update
    message_template_status_update message_template_quality_update template_category_update
    phone_number_quality_update phone_number_name_update account_update account_alerts
    account_review_update business_capability_update security
    """
)
# What the phone knew of a message. PENDING had not left it: nobody knows whether it ever did.
# https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/history
_PAST_STATUSES: Final[dict[str, Literal["unknown", "sent", "delivered", "read", "failed"]]] = {
    "PENDING": "unknown",
    "SENT": "sent",
    "DELIVERED": "delivered",
    "READ": "read",
    "PLAYED": "read",
    "ERROR": "failed",
}
# What a `value` holds beside its items.
_FRAME: Final = words("messaging_product metadata contacts")

_Read = Callable[[Any, Fields, int], list[InboundItem]]


class _Reading:
    """One body on its way to items."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.items: list[InboundItem] = []
        # Why the parts that could not be read could not, and what they were.
        self.broken: list[tuple[str, Fields]] = []

    def read(self, document: Any) -> None:
        """Everything in the body; what is broken is set aside."""
        if document["object"] != OBJECT:
            raise ParkedPayload(f"the object {str(document['object'])[:100]} is not handled")
        for entry in document["entry"]:
            at = time_of(entry)
            for change in entry["changes"]:
                field = str(change["field"])
                self.attempt({"change": change}, self._change, entry, field, change["value"], at)

    def attempt(self, part: Fields, read: Callable[..., Any], *arguments: Any) -> None:
        """Read one part, or keep it aside with the reason."""
        try:
            self.items += read(*arguments)
        except MALFORMED as error:
            self.broken.append((f"{type(error).__name__}: {error}"[:200], part))

    def _change(
        self, entry: Fields, field: str, value: Fields, at: datetime | None
    ) -> list[InboundItem]:
        metadata = value.get("metadata")
        number = text(metadata.get("phone_number_id")) if isinstance(metadata, dict) else ""
        data = {"account": text(entry.get("id")), "field": field, "value": value}
        if number and number != self.account.phone_number_id:
            return [InboundNotice("other_number", at, data=data)]
        if not number and text(entry.get("id")) != self.account.waba_id:
            return [InboundNotice("other_account", at, data=data)]
        readers = _FIELDS.get(field)
        if readers is None:
            return news(field, value, at)
        known = False
        for name, read in readers.items():
            for order, part in enumerate(value.get(name) or ()):
                known = True
                self.attempt({name: part, "field": field}, read, part, value, order)
        left = {name: value[name] for name in value if name not in readers and name not in _FRAME}
        if left or not known:
            return [InboundNotice(field[:60], at, data=left if known else value)]
        return []


def parse(raw: bytes, account: Account) -> list[InboundItem]:
    """What a body says to this account; what is for its neighbours becomes a notice.

    Raises ParkedPayload for what cannot be understood, and nothing else.
    """
    reading = _Reading(account)
    try:
        reading.read(documents.load(raw))
    except MALFORMED as error:
        raise ParkedPayload(f"malformed body: {type(error).__name__}: {error}"[:300]) from None
    if reading.broken and not reading.items:
        raise ParkedPayload(f"malformed change: {reading.broken[0][0]}")
    unread = [
        InboundNotice("unreadable", None, "warning", data={**part, "reason": reason})
        for reason, part in reading.broken
    ]
    return [*reading.items, *unread]


def dedup_key(document: Fields) -> str:
    """The same for the same news, however often and in whichever order of keys it is delivered."""
    told = [
        [entry.get("id"), entry.get("changes")] if isinstance(entry, dict) else entry
        for entry in document["entry"]
    ]
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _message(part: Fields, value: Fields, order: int) -> list[InboundItem]:
    return incoming(part, value.get("contacts"), order)


def _echo(part: Fields, value: Fields, order: int) -> list[InboundItem]:
    return echo(part, order)


def _status(part: Fields, value: Fields, order: int) -> list[InboundItem]:
    return status(part)


def _error(part: Fields, value: Fields, order: int) -> list[InboundItem]:
    known = refusal(part)
    return [InboundNotice("errors", None, "warning", known.words, data=part)]


def _preference(part: Fields, value: Fields, order: int) -> list[InboundItem]:
    at = moment_or_none(part.get("timestamp"))
    chat_id = names(part, "wa_id", "user_id", "parent_user_id").chat_id
    said = part.get("value")
    if part.get("category") != "marketing_messages" or said not in ("stop", "resume"):
        return [InboundNotice("user_preferences", at, data=part)]
    detail = text(part.get("detail"))
    return [InboundConsent(chat_id, "marketing", said == "resume", at, detail)]


def _renamed(part: Fields, value: Fields, order: int) -> list[InboundItem]:
    """Somebody's business-scoped id has changed."""
    at = moment_or_none(part.get("timestamp"))
    scoped = part.get("user_id")
    if isinstance(scoped, dict):
        before, after = text(scoped.get("previous")), text(scoped.get("current"))
    else:
        before = text(part.get("previous_user_id") or part.get("old_user_id"))
        after = text(part.get("current_user_id") or part.get("new_user_id") or scoped)
    return renamed(Names(text(part.get("wa_id")), before), after, at)


def _synced(part: Fields, value: Fields, order: int) -> list[InboundItem]:
    """How the business calls a customer in the address book of its phone."""
    contact = part["contact"]
    phone = text(contact.get("phone_number")).lstrip("+")
    name = text(contact.get("full_name") or contact.get("first_name"))
    if part.get("type") != "contact" or part.get("action") == "remove" or not (phone and name):
        return [InboundNotice("smb_app_state_sync", None, data=part)]
    return [InboundProfile(phone, Person(external_id=phone, name=name, phone=f"+{phone}"))]


def _history(part: Fields, value: Fields, order: int) -> list[InboundItem]:
    """Up to six months of what was said in the Business app before the number was connected."""
    progress, threads = part.get("metadata"), list(part.get("threads") or ())
    items: list[InboundItem] = []
    count = 0
    for thread in threads:
        for place, message in enumerate(thread.get("messages") or ()):
            count += 1
            items += _past(message, text(thread.get("id")), place)
    left = {name: part[name] for name in part if name not in ("metadata", "threads")}
    data = {
        "progress": progress if isinstance(progress, dict) else {},
        "chats": len(threads),
        "messages": count,
        **left,
    }
    return [*items, InboundNotice("history", None, data=data)]


def _past(message: Any, customer: str, place: int) -> list[InboundItem]:
    """A message of a thread; a broken one takes none of its neighbours along."""
    try:
        if text(message.get("from")) == customer:
            found = incoming(message, None, place)
        else:
            found = echo({"to": customer, **message}, place)
    except MALFORMED as error:
        reason = f"{type(error).__name__}: {error}"[:200]
        data = {"message": message, "field": "history", "reason": reason}
        return [InboundNotice("unreadable", None, "warning", data=data)]
    return [_as_past(item, message) if isinstance(item, InboundMessage) else item for item in found]


def _as_past(item: InboundMessage, message: Fields) -> InboundMessage:
    context = message.get("history_context")
    told = text(context.get("status")) if isinstance(context, dict) else ""
    return replace(item, is_past=True, status=_PAST_STATUSES.get(told.upper(), "sent"))


def _late_content(part: Fields, value: Fields, order: int) -> list[InboundItem]:
    """The file of a message of the past, told after the message and known by its id alone."""
    [found] = incoming(part, None, order)
    if not isinstance(found, InboundMessage) or found.sent_at is None:
        raise ValueError("a message of the past is no message")
    return [
        InboundEdit(
            chat_id=found.chat_id,
            external_id=found.external_id,
            edited_at=found.sent_at,
            text=found.text,
            payload=found.payload,
            attachments=found.attachments,
            completes=True,
            kind=found.kind,
        )
    ]


# The lists that a change of this field may hold. Every other field is news of the account.
_FIELDS: Final[dict[str, dict[str, _Read]]] = {
    "messages": {"messages": _message, "statuses": _status, "errors": _error},
    "smb_message_echoes": {"message_echoes": _echo, "errors": _error},
    "smb_app_state_sync": {"state_sync": _synced},
    "history": {"history": _history, "messages": _late_content},
    "user_preferences": {"user_preferences": _preference},
    "user_id_update": {"user_id_update": _renamed},
}

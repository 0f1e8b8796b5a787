"""What the other system posts: one item or a list of them, each `{type, id?, ...}`.

`docs/api-channel.md` tells its developer of every field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

import orjson

from channels_connectors import documents
from channels_connectors.errors import ERROR_CLASSES, ParkedPayload
from channels_connectors.types import (
    InboundDelete,
    InboundEdit,
    InboundItem,
    InboundProfile,
    InboundReachability,
    InboundReaction,
    InboundStatus,
    InboundTyping,
    Person,
    names,
)

from .contents import attachments, chat_id, entities, message, person
from .fields import Fields, Wrong

MOST_ITEMS: Final = 100
_STATUSES: Final = names("sent delivered read failed")


def parse(raw: bytes) -> list[InboundItem]:
    """The items of a stored body. Raises ParkedPayload and nothing else."""
    try:
        return read(raw)[0]
    except Wrong as error:
        raise ParkedPayload(str(error)) from None


def read(raw: bytes) -> tuple[list[InboundItem], list[str]]:
    """(items, the name of each for telling repetitions). Raises Wrong."""
    try:
        document = documents.load(raw)
    except (ValueError, RecursionError):
        raise Wrong("the body is not JSON") from None
    told = document if isinstance(document, list) else [document]
    if not 0 < len(told) <= MOST_ITEMS:
        raise Wrong(f"the body must hold 1 to {MOST_ITEMS} items")
    items: list[InboundItem] = []
    keys: list[str] = []
    for number, value in enumerate(told):
        fields = Fields(value, f"items[{number}]")
        kind = fields.choice("type", frozenset(_READERS))
        items.append(_READERS[kind](fields))
        keys.append(_key(kind, fields))
    return items, keys


def dedup_key(keys: list[str], timestamp: bytes) -> str:
    """The same for the same items, however often they come.

    An item without an id is told by its content and the moment of its signature: typing twice is
    no repetition.
    """
    known = all(key.startswith("id:") for key in keys)
    parts = keys if known else [*keys, timestamp.decode("ascii", "replace")]
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()


def _key(kind: str, fields: Fields) -> str:
    if fields.has("id"):
        return f"id:{kind}:{fields.text('id')}"
    content = orjson.dumps(fields.values, option=orjson.OPT_SORT_KEYS)
    return f"content:{hashlib.sha256(content).hexdigest()}"


def _edit(fields: Fields) -> InboundItem:
    text = fields.text("text", "", longest=100_000)
    return InboundEdit(
        chat_id=chat_id(fields),
        external_id=fields.text("message"),
        edited_at=fields.moment("at"),
        text=text,
        entities=entities(fields, text),
        payload=fields.document("payload"),
        attachments=attachments(fields),
    )


def _delete(fields: Fields) -> InboundItem:
    ids = fields.texts("messages", MOST_ITEMS) or (fields.text("message"),)
    return InboundDelete(chat_id(fields), ids, fields.moment("at"))


def _status(fields: Fields) -> InboundItem:
    status: Any = fields.choice("status", _STATUSES)
    failed = status == "failed"
    name = fields.text("message")
    return InboundStatus(
        external_id=name,
        status=status,
        at=fields.maybe_moment("at"),
        error_class=fields.choice("error_class", ERROR_CLASSES, "bad_content") if failed else "",
        error=fields.text("error", longest=300) if failed else "",
        # Theirs or ours: a message may be named by either id.
        client_reference=name,
        and_earlier=fields.flag("and_earlier", default=False),
    )


def _reaction(fields: Fields) -> InboundItem:
    chat = chat_id(fields)
    who = person(fields.part("from"), chat) if fields.has("from") else Person(chat)
    emojis = fields.texts("emojis", 10)
    return InboundReaction(chat, fields.text("message"), who, emojis, fields.maybe_moment("at"))


def _typing(fields: Fields) -> InboundItem:
    return InboundTyping(chat_id(fields))


def _profile(fields: Fields) -> InboundItem:
    chat = chat_id(fields)
    return InboundProfile(chat, person(fields.part("person"), chat))


def _reachability(fields: Fields) -> InboundItem:
    return InboundReachability(
        chat_id(fields),
        fields.flag("reachable"),
        fields.maybe_moment("at"),
        fields.text("reason", "", longest=200),
    )


_READERS: Final[dict[str, Callable[[Fields], InboundItem]]] = {
    "message": message,
    "edit": _edit,
    "delete": _delete,
    "status": _status,
    "reaction": _reaction,
    "typing": _typing,
    "profile": _profile,
    "reachability": _reachability,
}

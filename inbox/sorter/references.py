"""News of messages that are not here yet, kept until they land.

Platforms do not keep the order: an edit may come before what it edits, "read" before our own send
has written its id down. What finds no message in KEPT is forgotten. The same table keeps news of
chats that are not here yet: see `kept`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from channels_connectors.types import (
    InboundAttachment,
    InboundDelete,
    InboundEdit,
    InboundItem,
    InboundReaction,
    InboundStatus,
    Person,
)
from core.ids import uuid7
from core.postgresql.arrays import texts, uuids
from inbox.sorter.arrivals import document
from inbox.sorter.channels import KnownChannel

KEPT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Reply:
    """A message of ours that answers one which is not here yet."""

    external_id: str
    message_id: UUID


Reference = InboundEdit | InboundDelete | InboundStatus | InboundReaction | Reply

_KINDS: Final = {
    InboundEdit: "edit",
    InboundDelete: "delete",
    InboundStatus: "status",
    InboundReaction: "reaction",
    Reply: "reply",
}
_KEEP: Final = """
    insert into inbox_pendingreference
        (id, workspace_id, created_at, channel_id, external_id, kind, item, at)
    select new.id, %s, now(), %s, new.external_id, new.kind, new.item::jsonb, now()
    from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[])
        new (id, external_id, kind, item)
"""
_TAKE: Final = """
    delete from inbox_pendingreference p using inbox_message m
    where p.workspace_id = %(workspace)s and p.channel_id = %(channel)s
        and m.workspace_id = p.workspace_id and m.channel_id = p.channel_id
        and m.external_id = p.external_id and p.kind not in ('moved', 'consent')
    returning p.kind, p.external_id, p.item
"""
_CAN_TAKE: Final = """
    select exists (
        select from inbox_pendingreference p
        join inbox_message m on m.workspace_id = p.workspace_id and m.channel_id = p.channel_id
            and m.external_id = p.external_id
        where p.workspace_id = %(workspace)s and p.channel_id = %(channel)s
            and p.kind not in ('moved', 'consent')
    ) or exists (
        select from inbox_pendingreference p
        join contacts_contactidentity i on i.workspace_id = p.workspace_id
            and i.channel_id = p.channel_id and i.external_id = p.external_id
        where p.workspace_id = %(workspace)s and p.channel_id = %(channel)s
            and p.kind in ('moved', 'consent')
    )
"""


def one_by_one(items: Iterable[InboundItem]) -> list[Reference]:
    """What speaks of messages, each of one message only."""
    found: list[Reference] = []
    for item in items:
        if isinstance(item, InboundDelete):
            found += [replace(item, external_ids=(name,)) for name in item.external_ids]
        elif isinstance(item, InboundEdit | InboundStatus | InboundReaction):
            found.append(item)
    return found


def target_id(reference: Reference) -> str:
    """The platform's id of the message it speaks of."""
    if isinstance(reference, InboundDelete):
        return reference.external_ids[0]
    return reference.external_id


def keep(connection: Connection[Any], channel: KnownChannel, references: list[Reference]) -> None:
    """Keep what has no message yet."""
    named = [reference for reference in references if target_id(reference)]
    if not named:
        return
    connection.execute(
        _KEEP,
        (
            channel.workspace_id,
            channel.id,
            uuids([uuid7() for _ in named]),
            texts([target_id(reference) for reference in named]),
            texts([_KINDS[type(reference)] for reference in named]),
            texts([document(reference) for reference in named]),
        ),
    )


def can_be_taken(connection: Connection[Any], channel: KnownChannel) -> bool:
    """Whether something was kept that has its message now."""
    place = {"workspace": channel.workspace_id, "channel": channel.id}
    row = connection.execute(_CAN_TAKE, place).fetchone()
    return bool(row and row[0])


def take(connection: Connection[Any], channel: KnownChannel) -> list[Reference]:
    """What was kept and has its message now, removed from the keeping."""
    rows = connection.execute(
        _TAKE, {"workspace": channel.workspace_id, "channel": channel.id}
    ).fetchall()
    return [_read(kind, item) for kind, _, item in rows]


def _read(kind: str, item: dict[str, Any]) -> Reference:
    if kind == "edit":
        files = tuple(InboundAttachment(**found) for found in item.pop("attachments"))
        return InboundEdit(**_timed(item, "edited_at"), attachments=files)
    if kind == "delete":
        ids = tuple(item.pop("external_ids"))
        return InboundDelete(**_timed(item, "deleted_at"), external_ids=ids)
    if kind == "status":
        return InboundStatus(**_timed(item, "at"))
    if kind == "reaction":
        person, emojis = Person(**item.pop("person")), tuple(item.pop("emojis"))
        return InboundReaction(**_timed(item, "at"), person=person, emojis=emojis)
    return Reply(item["external_id"], UUID(item["message_id"]))


def _timed(item: dict[str, Any], name: str) -> dict[str, Any]:
    return {**item, name: datetime.fromisoformat(item[name])}

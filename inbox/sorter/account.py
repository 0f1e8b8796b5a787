"""What a platform tells of the account: notices, and the fate of message templates."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from channels_connectors.types import InboundNotice, InboundTemplate
from core.ids import uuid7
from core.postgresql.arrays import moments, texts, uuids
from events import types
from events.bulk import Fact
from inbox.sorter.arrivals import document
from inbox.sorter.channels import KnownChannel
from inbox.sorter.facts import SYSTEM

_NOTE: Final = """
    insert into channels_connectors_channelnotice
        (id, workspace_id, created_at, channel_id, topic, level, words, data, at)
    select new.id, %s, now(), %s, new.topic, new.level, new.words, new.data::jsonb, new.at
    from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[])
        new (id, topic, level, words, data, at)
    on conflict do nothing
    returning id
"""
_NEWEST: Final = """
    select topic, max(at) from channels_connectors_channelnotice
    where workspace_id = %s and channel_id = %s and topic = any(%s) group by topic
"""
_HEALTH: Final = """
    update channels_connectors_channel set health = health || %s::jsonb
    where workspace_id = %s and id = %s
"""
_FIND: Final = """
    select id, external_id, name, language, status, category, quality, reason, updated_at
    from channels_connectors_messagetemplate
    where workspace_id = %s and channel_id = %s
        and (external_id = any(%s) or name = any(%s))
    for update
"""
_ADD: Final = """
    insert into channels_connectors_messagetemplate
        (id, workspace_id, created_at, channel_id, external_id, name, language, category, status,
         reason, quality, is_named, components, updated_at)
    values (%(id)s, %(workspace)s, now(), %(channel)s, %(external_id)s, %(name)s, %(language)s,
        %(category)s, %(status)s, %(reason)s, %(quality)s, false, '[]', %(updated_at)s)
    on conflict (workspace_id, channel_id, name, language) do nothing
"""
_CHANGE: Final = """
    update channels_connectors_messagetemplate set external_id = %(external_id)s,
        status = %(status)s, category = %(category)s, quality = %(quality)s,
        reason = %(reason)s, updated_at = %(updated_at)s
    where workspace_id = %(workspace)s and id = %(id)s
"""
_COLUMNS: Final = (
    *("id", "external_id", "name", "language"),
    *("status", "category", "quality", "reason", "updated_at"),
)
_TOLD: Final = ("status", "category", "quality", "reason")

Row = dict[str, Any]


def note(
    connection: Connection[Any], channel: KnownChannel, notices: list[tuple[UUID, InboundNotice]]
) -> list[Fact]:
    """Keep notices, and lay what they tell of the channel's health over what is known."""
    if not notices:
        return []
    items = [item for _, item in notices]
    rows = connection.execute(
        _NOTE,
        (
            channel.workspace_id,
            channel.id,
            uuids([key for key, _ in notices]),
            texts([item.topic for item in items]),
            texts([item.level for item in items]),
            texts([str(item.words) for item in items]),
            texts([document(item.data) for item in items]),
            moments([item.at for item in items]),
        ),
    ).fetchall()
    added = {row[0] for row in rows}
    fresh = sorted((item for key, item in notices if key in added), key=_moment)
    _tell_health(connection, channel, [item for item in fresh if item.health])
    return [
        Fact(
            types.CHANNEL_NOTICED,
            ("channel", channel.id),
            {"level": item.level, "topic": item.topic, "words": str(item.words)},
            SYSTEM,
        )
        for item in fresh
    ]


def change_templates(
    connection: Connection[Any], channel: KnownChannel, items: list[InboundTemplate]
) -> tuple[list[Fact], bool]:
    """Follow what is told of templates. True: not all could be, so the platform should be asked.

    News that is older than what is known may still be the last word on another of its sides, and a
    template that nobody knew has no text yet.
    """
    if not items:
        return [], False
    known = _templates(connection, channel, items)
    told: list[Fact] = []
    doubtful = False
    for item in sorted(items, key=_moment):
        row = _match(known, item)
        if row is None and not item.name:
            doubtful = True
        elif row is None:
            row = _new(item)
            known.append(row)
            connection.execute(_ADD, {**_place(channel), **row})
            doubtful = True
            told.append(_fact(channel, row))
        elif row["updated_at"] > _moment(item):
            doubtful = True
        elif changes := _changes(row, item):
            row |= changes
            row["updated_at"] = _moment(item)
            connection.execute(_CHANGE, {**_place(channel), **row})
            told.append(_fact(channel, row))
    return told, doubtful


def _tell_health(
    connection: Connection[Any], channel: KnownChannel, items: list[InboundNotice]
) -> None:
    """A notice that is late tells nothing of the present."""
    if not items:
        return
    rows = connection.execute(
        _NEWEST, (channel.workspace_id, channel.id, texts([item.topic for item in items]))
    ).fetchall()
    newest = dict(rows)
    health: dict[str, Any] = {}
    for item in items:
        if _moment(item) >= newest[item.topic]:
            health |= item.health
    if health:
        connection.execute(_HEALTH, (document(health), channel.workspace_id, channel.id))


def _templates(
    connection: Connection[Any], channel: KnownChannel, items: list[InboundTemplate]
) -> list[Row]:
    rows = connection.execute(
        _FIND,
        (
            channel.workspace_id,
            channel.id,
            texts([item.external_id for item in items if item.external_id]),
            texts([item.name for item in items if item.name]),
        ),
    ).fetchall()
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]


def _match(known: list[Row], item: InboundTemplate) -> Row | None:
    for row in known:
        if item.external_id and row["external_id"] == item.external_id:
            return row
    for row in known:
        if item.name and (row["name"], row["language"]) == (item.name, item.language):
            return row
    return None


def _changes(row: Row, item: InboundTemplate) -> Row:
    said = {name: value for name in (*_TOLD, "external_id") if (value := getattr(item, name))}
    if item.status:
        # The reason of an earlier state is none of this one.
        said["reason"] = item.reason
    return {name: value for name, value in said.items() if row[name] != value}


def _new(item: InboundTemplate) -> Row:
    return {
        "id": uuid7(),
        "external_id": item.external_id,
        "name": item.name,
        "language": item.language,
        "status": item.status or "pending",
        "category": item.category,
        "quality": item.quality,
        "reason": item.reason,
        "updated_at": _moment(item),
    }


def _fact(channel: KnownChannel, row: Row) -> Fact:
    return Fact(
        types.TEMPLATE_CHANGED,
        ("messagetemplate", row["id"]),
        {
            "channel": str(channel.id),
            "name": row["name"],
            "language": row["language"],
            **{name: row[name] for name in _TOLD},
        },
        SYSTEM,
    )


def _place(channel: KnownChannel) -> Row:
    return {"workspace": channel.workspace_id, "channel": channel.id}


def _moment(item: InboundNotice | InboundTemplate) -> datetime:
    assert item.at is not None  # the arrival's time stands in for the platform's
    return item.at

"""Applying what is said of messages that are here: edits, deletions, reactions, replies."""

from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from channels_connectors.types import (
    InboundAttachment,
    InboundDelete,
    InboundEdit,
    InboundReaction,
)
from core.ids import uuid7
from core.postgresql.arrays import booleans, moments, texts, uuids
from events import types
from events.bulk import Fact
from inbox.sorter import facts
from inbox.sorter.arrivals import document
from inbox.sorter.channels import KnownChannel
from inbox.sorter.references import Reply
from inbox.sorter.targets import Target

# What we keep of our own messages in `payload` outlives an edit. What comes late completes only a
# message of which nothing is known yet.
_EDIT: Final = """
    update inbox_message m set text = u.text, entities = u.entities::jsonb,
        payload = case when m.direction = 'outgoing' and not u.completes then m.payload
            else '{}' end || u.payload::jsonb,
        edited_at = case when u.completes then m.edited_at else u.at end,
        kind = coalesce(nullif(u.kind, ''), m.kind)
    from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::boolean[],
        %s::text[]) u (id, text, entities, payload, at, completes, kind)
    where m.workspace_id = %s and m.id = u.id and (m.edited_at is null or m.edited_at <= u.at)
        and (m.kind = 'unsupported' or not u.completes)
    returning m.id
"""
_DELETE: Final = """
    update inbox_message m set deleted_at = u.at
    from unnest(%s::uuid[], %s::timestamptz[]) u (id, at)
    where m.workspace_id = %s and m.id = u.id and m.deleted_at is null
    returning m.id
"""
# An empty row stays where a reaction was taken back, so that older news does not bring it again.
_REACT: Final = """
    insert into inbox_reaction (id, workspace_id, created_at, message_id, person, emojis, at)
    select u.id, %s, now(), u.message_id, u.person, u.emojis, u.at
    from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::timestamptz[])
        u (id, message_id, person, emojis, at)
    on conflict (workspace_id, message_id, person) do update
        set emojis = excluded.emojis, at = excluded.at
        where inbox_reaction.at <= excluded.at and inbox_reaction.emojis <> excluded.emojis
    returning message_id, person
"""
_REPLY: Final = """
    update inbox_message m set reply_to_id = u.target
    from unnest(%s::uuid[], %s::uuid[]) u (id, target)
    where m.workspace_id = %s and m.id = u.id
"""
# The list shows the last message as it is now.
_SHOW: Final = """
    update inbox_conversation c
    set last_message_text = left(m.text, 200), last_message_kind = m.kind
    from inbox_message m
    where m.workspace_id = %(workspace)s and m.id = any(%(ids)s)
        and c.workspace_id = m.workspace_id and c.id = m.conversation_id
        and not exists (
            select from inbox_message later
            where later.workspace_id = m.workspace_id
                and later.conversation_id = m.conversation_id
                and (later.sent_at, later.platform_order) > (m.sent_at, m.platform_order)
                and later.direction <> 'internal'
        )
"""
_FILES: Final = """
    select message_id, kind, reference from inbox_attachment
    where workspace_id = %s and message_id = any(%s)
    order by message_id, position, id
"""
# Without a message they are cleaned away as abandoned drafts are.
_DETACH: Final = """
    update inbox_attachment set message_id = null, status = 'ready'
    where workspace_id = %s and message_id = any(%s)
"""

Attachments = tuple[InboundAttachment, ...]
EXTERNAL_SHORTEST: Final = 8


def edit(
    connection: Connection[Any], channel: KnownChannel, edits: list[tuple[Target, InboundEdit]]
) -> tuple[list[Fact], list[tuple[UUID, Attachments]]]:
    """Returns the facts, and messages whose files are others now, with those."""
    latest: dict[UUID, tuple[Target, InboundEdit]] = {}
    for target, item in sorted(edits, key=lambda pair: pair[1].edited_at):
        latest[target.id] = (target, item)
    if not latest:
        return [], []
    items = [item for _, item in latest.values()]
    rows = connection.execute(
        _EDIT,
        (
            uuids(list(latest)),
            texts([item.text for item in items]),
            texts([document(item.entities) for item in items]),
            texts([document(item.payload) for item in items]),
            moments([item.edited_at for item in items]),
            booleans([item.completes for item in items]),
            texts([item.kind for item in items]),
            channel.workspace_id,
        ),
    ).fetchall()
    edited = [latest[row[0]] for row in rows]
    ids = [target.id for target, _ in edited]
    connection.execute(_SHOW, {"workspace": channel.workspace_id, "ids": uuids(ids)})
    told = [
        facts.of_target(
            types.MESSAGE_EDITED, channel, target, edited_at=facts.written(item.edited_at)
        )
        for target, item in edited
        if not item.completes
    ]
    return told, _replace_files(connection, channel, edited)


def delete(
    connection: Connection[Any],
    channel: KnownChannel,
    deletions: list[tuple[Target, InboundDelete]],
) -> list[Fact]:
    """The text stays for the company; the screen says that it was deleted."""
    by_id = {target.id: (target, item) for target, item in deletions}
    if not by_id:
        return []
    rows = connection.execute(
        _DELETE,
        (
            uuids(list(by_id)),
            moments([item.deleted_at for _, item in by_id.values()]),
            channel.workspace_id,
        ),
    ).fetchall()
    return [facts.of_target(types.MESSAGE_DELETED, channel, by_id[row[0]][0]) for row in rows]


def react(
    connection: Connection[Any], channel: KnownChannel, items: list[tuple[Target, InboundReaction]]
) -> list[Fact]:
    """The latest word of each person on each message counts."""
    latest = {
        (target.id, item.person.external_id or item.person.name): (target, item)
        for target, item in sorted(items, key=lambda pair: pair[1].at)
    }
    if not latest:
        return []
    rows = connection.execute(
        _REACT,
        (
            channel.workspace_id,
            uuids([uuid7() for _ in latest]),
            uuids([message_id for message_id, _ in latest]),
            texts([person[:200] for _, person in latest]),
            texts([" ".join(item.emojis)[:200] for _, item in latest.values()]),
            moments([item.at for _, item in latest.values()]),
        ),
    ).fetchall()
    changed = {(row[0], row[1]) for row in rows}
    return [
        facts.of_target(
            types.MESSAGE_REACTED, channel, target, person=item.person.name, emojis=[*item.emojis]
        )
        for (message_id, person), (target, item) in latest.items()
        if (message_id, person[:200]) in changed
    ]


def reply(
    connection: Connection[Any], channel: KnownChannel, replies: list[tuple[Target, Reply]]
) -> None:
    """Point answers at what they answer."""
    if replies:
        ids = uuids([item.message_id for _, item in replies])
        targets = uuids([target.id for target, _ in replies])
        connection.execute(_REPLY, (ids, targets, channel.workspace_id))


def _replace_files(
    connection: Connection[Any], channel: KnownChannel, edited: list[tuple[Target, InboundEdit]]
) -> list[tuple[UUID, Attachments]]:
    wanted = {target.id: item.attachments for target, item in edited if item.attachments}
    if not wanted:
        return []
    present: dict[UUID, list[tuple[str, Any]]] = {}
    for message_id, kind, reference in connection.execute(
        _FILES, (channel.workspace_id, uuids(list(wanted)))
    ):
        present.setdefault(message_id, []).append((kind, reference))
    changed = [
        (message_id, files)
        for message_id, files in wanted.items()
        if not _same_files(present.get(message_id, []), files)
    ]
    if changed:
        ids = uuids([message_id for message_id, _ in changed])
        connection.execute(_DETACH, (channel.workspace_id, ids))
    return changed


def _same_files(present: list[tuple[str, Any]], files: Attachments) -> bool:
    """Platforms rename a file's references as time goes by, but keep one of the names in them."""
    return len(present) == len(files) and all(
        kind == found.kind
        and (reference == found.reference or _names(reference) & _names(found.reference))
        for (kind, reference), found in zip(present, files, strict=True)
    )


def _names(reference: dict[str, Any]) -> set[str]:
    values = reference.values()
    return {v for v in values if isinstance(v, str) and len(v) >= EXTERNAL_SHORTEST}

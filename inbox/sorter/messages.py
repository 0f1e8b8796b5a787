"""Writing messages and their attachments. A duplicate dies here, whichever way it came."""

from typing import Any, Final

from psycopg import Connection

from core.ids import uuid7
from core.postgresql.arrays import floats, integers, moments, texts, uuids
from inbox.sorter.arrivals import Arrival, document
from inbox.sorter.channels import KnownChannel
from inbox.sorter.threads import Thread

_ADD: Final = """
    insert into inbox_message
        (id, workspace_id, created_at, channel_id, conversation_id, direction, kind, text,
         entities, payload, referral, external_id, group_key, status, error_class, error,
         sender_name, reply_to_external_id, sent_at, platform_order, attempts)
    select new.id, %s, now(), %s, new.conversation_id, new.direction, new.kind, new.text,
        new.entities::jsonb, new.payload::jsonb, new.referral::jsonb, new.external_id,
        new.group_key, new.status, case new.status when 'failed' then 'bad_content' else '' end, '',
        new.sender_name, new.reply_to, new.sent_at, new.platform_order, 0
    from unnest(
        %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
        %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],
        %s::bigint[]
    ) new (id, conversation_id, direction, kind, text, entities, payload, referral, external_id,
        group_key, status, sender_name, reply_to, sent_at, platform_order)
    on conflict (workspace_id, channel_id, external_id) do nothing
    returning id
"""
_ADD_ATTACHMENTS: Final = """
    insert into inbox_attachment
        (id, workspace_id, created_at, message_id, kind, name, mime, size, width, height,
         duration, position, reference, path, status, error, attempts, next_attempt_at)
    select new.id, %s, now(), new.message_id, new.kind, new.name, new.mime, new.size, new.width,
        new.height, new.duration, new.position, new.reference::jsonb, '', 'pending', '', 0, now()
    from unnest(
        %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[],
        %s::bigint[], %s::float8[], %s::bigint[], %s::text[]
    ) new (id, message_id, kind, name, mime, size, width, height, duration, position, reference)
"""


def add(
    connection: Connection[Any],
    channel: KnownChannel,
    threads: dict[str, Thread],
    arrivals: list[Arrival],
) -> list[Arrival]:
    """Write messages; returns those that were not known, in their order."""
    if not arrivals:
        return []
    rows = connection.execute(
        _ADD,
        (
            channel.workspace_id,
            channel.id,
            uuids([found.id for found in arrivals]),
            uuids([threads[found.chat_id].conversation_id for found in arrivals]),
            texts(["incoming" if found.is_incoming else "outgoing" for found in arrivals]),
            texts([found.kind for found in arrivals]),
            texts([found.text for found in arrivals]),
            texts([found.entities for found in arrivals]),
            texts([found.payload for found in arrivals]),
            texts([found.referral for found in arrivals]),
            texts([found.external_id for found in arrivals]),
            texts([found.group_key for found in arrivals]),
            texts([found.status for found in arrivals]),
            texts([found.sender_name for found in arrivals]),
            texts([found.reply_to for found in arrivals]),
            moments([found.sent_at for found in arrivals]),
            integers([found.order for found in arrivals]),
        ),
        binary=True,
    ).fetchall()
    added = {row[0] for row in rows}
    fresh = [found for found in arrivals if found.id in added]
    for found in fresh:
        threads[found.chat_id].arrivals.append(found)
    return fresh


def add_attachments(
    connection: Connection[Any], channel: KnownChannel, owners: list[tuple[Any, Any]]
) -> list[Any]:
    """Write (message id, its attachments) as `pending`; returns their ids. Fetched later."""
    rows = [
        (uuid7(), message_id, place, found)
        for message_id, attachments in owners
        for place, found in enumerate(attachments)
    ]
    if not rows:
        return []
    connection.execute(
        _ADD_ATTACHMENTS,
        (
            channel.workspace_id,
            uuids([row[0] for row in rows]),
            uuids([row[1] for row in rows]),
            texts([found.kind for *_, found in rows]),
            texts([found.name for *_, found in rows]),
            texts([found.mime for *_, found in rows]),
            integers([found.size for *_, found in rows]),
            integers([found.width for *_, found in rows]),
            integers([found.height for *_, found in rows]),
            floats([found.duration for *_, found in rows]),
            integers([row[2] for row in rows]),
            texts([document(found.reference) for *_, found in rows]),
        ),
    )
    return [row[0] for row in rows]

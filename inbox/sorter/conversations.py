"""What fresh messages do to their conversations: the last words, unread, the wait, reopening."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from core.postgresql.arrays import Array, booleans, integers, moments, texts, uuids
from inbox.sorter.arrivals import Arrival
from inbox.sorter.channels import KnownChannel
from inbox.sorter.threads import Thread

_ADD: Final = """
    insert into inbox_conversation
        (id, workspace_id, created_at, channel_id, contact_id, identity_id, status, team_id,
         last_activity_at, last_message_text, last_message_kind, last_message_direction,
         last_message_status, unread_count, waiting_since, last_incoming_at, opened_at, closed_at)
    select new.id, %s, now(), %s, new.contact_id, new.identity_id,
        case when new.past then 'closed' else 'new' end, %s, new.at, new.text, new.kind,
        new.direction, new.status, new.unread, new.waiting, new.incoming,
        case when new.past then new.at else now() end, case when new.past then new.at end
    from unnest(
        %s::uuid[], %s::uuid[], %s::uuid[], %s::timestamptz[], %s::text[], %s::text[], %s::text[],
        %s::text[], %s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::boolean[]
    ) new (id, contact_id, identity_id, at, text, kind, direction, status, unread, waiting,
        incoming, past)
    on conflict (workspace_id, identity_id) do nothing
"""
# A message that is late does not become the last one. The conversation's own time does not tell:
# it may be by our clock, while platforms tell whole seconds of theirs.
_UPDATE: Final = """
    update inbox_conversation c set
        last_activity_at = greatest(c.last_activity_at, u.at),
        last_message_text = case when u.is_last then u.text else c.last_message_text end,
        last_message_kind = case when u.is_last then u.kind else c.last_message_kind end,
        last_message_direction =
            case when u.is_last then u.direction else c.last_message_direction end,
        last_message_status = case when u.is_last then u.status else c.last_message_status end,
        unread_count = u.unread,
        waiting_since = u.waiting,
        last_incoming_at = greatest(c.last_incoming_at, u.incoming)
    from (
        select t.*, t.at > t.before or not exists (
            select from inbox_message m
            where m.workspace_id = %(workspace)s and m.conversation_id = t.id
                and (m.sent_at, m.platform_order) > (t.at, t.place)
                and m.direction <> 'internal'
        ) as is_last
        from unnest(
            %(ids)s::uuid[], %(at)s::timestamptz[], %(before)s::timestamptz[], %(place)s::bigint[],
            %(text)s::text[], %(kind)s::text[], %(direction)s::text[], %(status)s::text[],
            %(unread)s::bigint[], %(waiting)s::timestamptz[], %(incoming)s::timestamptz[]
        ) t (id, at, before, place, text, kind, direction, status, unread, waiting, incoming)
    ) u
    where c.workspace_id = %(workspace)s and c.id = u.id
"""
_REOPEN: Final = """
    update inbox_conversation set status = 'new', previous_assignee_id = assignee_id,
        assignee_id = null, accepted_at = null, closed_at = null, opened_at = now()
    where workspace_id = %s and id = any(%s) and status = 'closed'
"""


class Raced(Exception):
    """Somebody else made the same conversation meanwhile: take the batch again."""


def save(
    connection: Connection[Any], channel: KnownChannel, threads: Iterable[Thread]
) -> list[tuple[Thread, UUID | None]]:
    """Write what the threads' arrivals changed. Returns those reopened, each with who had it."""
    touched = sorted(
        (thread for thread in threads if thread.arrivals),
        key=lambda thread: thread.conversation_id,
    )
    for thread in touched:
        _count(thread)
    _add(connection, channel, [thread for thread in touched if thread.is_new])
    _update(connection, channel, [thread for thread in touched if not thread.is_new])
    return _reopen(connection, channel, touched)


def _count(thread: Thread) -> None:
    """Unread and waiting, walking through what was said in its order.

    It is what the customer says that lets us write, so service messages do not count for that.
    Nobody is kept waiting by somebody who is blocked, nor by what was said long ago.
    """
    for arrival in thread.arrivals:
        if arrival.lets_write:
            thread.last_incoming_at = arrival.sent_at
        if arrival.is_past:
            continue
        if arrival.asks:
            if thread.is_blocked:
                continue
            thread.unread_count += 1
            if thread.waiting_since is None:
                thread.waiting_since = min(arrival.sent_at, arrival.received_at)
        elif _answers(thread, arrival):
            thread.unread_count, thread.waiting_since = 0, None


def _answers(thread: Thread, arrival: Arrival) -> bool:
    """Whether a colleague has answered from the platform's own app, after all that was said."""
    is_bot = arrival.person is not None and arrival.person.is_bot
    late = thread.last_activity_at is not None and arrival.sent_at < thread.last_activity_at
    return not arrival.is_incoming and arrival.kind != "system" and not is_bot and not late


def _add(connection: Connection[Any], channel: KnownChannel, threads: list[Thread]) -> None:
    if not threads:
        return
    lasts = [thread.arrivals[-1] for thread in threads]
    added = connection.execute(
        _ADD,
        (
            channel.workspace_id,
            channel.id,
            channel.team_id,
            uuids([thread.conversation_id for thread in threads]),
            uuids([thread.contact_id for thread in threads]),
            uuids([thread.identity_id for thread in threads]),
            *_shown(lasts),
            integers([thread.unread_count for thread in threads]),
            moments([thread.waiting_since for thread in threads]),
            moments([thread.last_incoming_at for thread in threads]),
            booleans([thread.is_past for thread in threads]),
        ),
    )
    if added.rowcount != len(threads):
        raise Raced


def _update(connection: Connection[Any], channel: KnownChannel, threads: list[Thread]) -> None:
    if not threads:
        return
    lasts = [thread.arrivals[-1] for thread in threads]
    at, text, kind, direction, status = _shown(lasts)
    connection.execute(
        _UPDATE,
        {
            "workspace": channel.workspace_id,
            "ids": uuids([thread.conversation_id for thread in threads]),
            "at": at,
            "before": moments([thread.last_activity_at for thread in threads]),
            "place": integers([last.order for last in lasts]),
            "text": text,
            "kind": kind,
            "direction": direction,
            "status": status,
            "unread": integers([thread.unread_count for thread in threads]),
            "waiting": moments([thread.waiting_since for thread in threads]),
            "incoming": moments([thread.last_incoming_at for thread in threads]),
        },
    )


def _shown(lasts: list[Arrival]) -> tuple[Array, ...]:
    """What lists show of the last messages: when, text, kind, direction, status."""
    return (
        moments([last.sent_at for last in lasts]),
        texts([last.text[:200] for last in lasts]),
        texts([last.kind for last in lasts]),
        texts(["incoming" if last.is_incoming else "outgoing" for last in lasts]),
        texts([last.status for last in lasts]),
    )


def _reopen(
    connection: Connection[Any], channel: KnownChannel, threads: list[Thread]
) -> list[tuple[Thread, UUID | None]]:
    closed = [
        thread
        for thread in threads
        if thread.status == "closed"
        and not thread.is_blocked
        and any(arrival.asks for arrival in thread.arrivals)
    ]
    if closed:
        ids = [thread.conversation_id for thread in closed]
        connection.execute(_REOPEN, (channel.workspace_id, uuids(ids)))
    reopened = [(thread, thread.assignee_id) for thread in closed]
    for thread in closed:
        thread.status, thread.assignee_id = "new", None
    return reopened

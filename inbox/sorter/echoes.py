"""Our own messages that come back as news.

A message whose sending broke off is `unknown`. When the platform shows it to us among the news of
its chat, it had arrived: the row gets the platform's id, so that no second one is made of it. (One
that is still being sent is left to delivery, which knows its own message by the receipt.)
"""

from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from core.postgresql.arrays import integers, moments, texts, uuids
from events import types
from events.bulk import Fact
from inbox.sorter import facts, targets
from inbox.sorter.arrivals import Arrival
from inbox.sorter.channels import KnownChannel
from inbox.sorter.threads import Thread

_UNKNOWN: Final = """
    select id, conversation_id, text from inbox_message
    where workspace_id = %s and conversation_id = any(%s) and direction = 'outgoing'
        and status = 'unknown' and external_id is null and sent_at > now() - interval '1 day'
    order by sent_at, id
"""
_ADOPT: Final = """
    update inbox_message m set status = 'sent', external_id = u.external_id, sent_at = u.at,
        platform_order = u.place, error_class = '', error = '', lease_token = null
    from unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::bigint[])
        u (id, external_id, at, place)
    where m.workspace_id = %s and m.id = u.id and m.status = 'unknown'
        and not exists (
            select from inbox_message o
            where o.workspace_id = m.workspace_id and o.channel_id = m.channel_id
                and o.external_id = u.external_id
        )
"""


def without_parts(
    connection: Connection[Any], channel: KnownChannel, arrivals: list[Arrival]
) -> list[Arrival]:
    """Without those that are known as a part of a message of ours: a long text or several files
    may have become several messages there, and each of them is shown to us."""
    echoes = {arrival.external_id for arrival in arrivals if not arrival.is_incoming}
    if not echoes:
        return arrivals
    known = targets.find(connection, channel, echoes)
    parts = {name for name, target in known.items() if target.external_id != name}
    return [arrival for arrival in arrivals if arrival.external_id not in parts]


def adopt(
    connection: Connection[Any],
    channel: KnownChannel,
    threads: dict[str, Thread],
    arrivals: list[Arrival],
) -> list[Fact]:
    """Recognise messages of uncertain fate by chat and text. Run before messages are added."""
    echoes = [arrival for arrival in arrivals if not arrival.is_incoming]
    if not echoes:
        return []
    ids = uuids(list({threads[echo.chat_id].conversation_id for echo in echoes}))
    waiting: dict[tuple[UUID, str], list[UUID]] = {}
    for message_id, conversation_id, text in connection.execute(
        _UNKNOWN, (channel.workspace_id, ids)
    ):
        waiting.setdefault((conversation_id, text), []).append(message_id)
    found: dict[UUID, Arrival] = {}
    for echo in echoes:
        if candidates := waiting.get((threads[echo.chat_id].conversation_id, echo.text)):
            found[candidates.pop(0)] = echo
    if not found:
        return []
    connection.execute(
        _ADOPT,
        (
            uuids(list(found)),
            texts([echo.external_id for echo in found.values()]),
            moments([echo.sent_at for echo in found.values()]),
            integers([echo.order for echo in found.values()]),
            channel.workspace_id,
        ),
    )
    adopted = targets.find_by_id(connection, channel, found)
    return [
        facts.of_target(types.MESSAGE_SENT, channel, target, by_contact=False)
        for target in adopted.values()
        if target.status == "sent"
    ]

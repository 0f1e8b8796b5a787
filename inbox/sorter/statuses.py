"""News of messages that we sent: delivered, read, failed. They only ever rise (see the lattice)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from channels_connectors.types import InboundStatus
from core.postgresql.arrays import moments, texts, uuids
from events import types
from events.bulk import Fact
from inbox.delivery import lattice
from inbox.sorter import facts, targets
from inbox.sorter.arrivals import document
from inbox.sorter.channels import KnownChannel
from inbox.sorter.targets import Target

_ACTIONS: Final = {
    "sent": types.MESSAGE_SENT,
    "delivered": types.MESSAGE_DELIVERED,
    "read": types.MESSAGE_READ,
    "failed": types.MESSAGE_FAILED,
}
_RISE: Final = f"""
    update inbox_message m set status = u.status, error_class = u.error_class, error = u.error,
        external_id = coalesce(m.external_id, nullif(u.external_id, ''))
    from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[])
        u (id, status, error_class, error, external_id)
    where m.workspace_id = %s and m.id = u.id and {lattice.rises_sql("m.status", "u.status")}
    returning m.id
"""  # noqa: S608  nothing of it comes from outside
_PRICE: Final = """
    update inbox_message m set price = u.price::jsonb
    from unnest(%s::uuid[], %s::text[]) u (id, price)
    where m.workspace_id = %s and m.id = u.id
"""
_SHOW: Final = """
    update inbox_conversation c set last_message_status = m.status
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
_READ: Final = """
    update inbox_conversation c set customer_read_at = greatest(c.customer_read_at, u.at)
    from unnest(%s::uuid[], %s::timestamptz[]) u (id, at)
    where c.workspace_id = %s and c.id = u.id
"""
# The twin of Conversation.wait_again: an answer that did not arrive answers nothing.
_WAIT_AGAIN: Final = """
    update inbox_conversation c set waiting_since = asked.at
    from (
        select n.id, min(m.sent_at) as at
        from unnest(%(ids)s::uuid[]) n (id)
        join inbox_message m on m.workspace_id = %(workspace)s and m.conversation_id = n.id
            and m.direction = 'incoming' and m.deleted_at is null
        where m.sent_at > coalesce((
            select max(a.sent_at) from inbox_message a
            where a.workspace_id = m.workspace_id and a.conversation_id = n.id
                and a.direction = 'outgoing' and a.status <> 'failed' and a.deleted_at is null
        ), '-infinity')
        group by n.id
    ) asked
    where c.workspace_id = %(workspace)s and c.id = asked.id and c.status <> 'closed'
        and c.waiting_since is null
"""


@dataclass(slots=True, eq=False)
class _News:
    target: Target
    item: InboundStatus
    read_at: datetime | None = None


def client_references(items: list[InboundStatus]) -> list[UUID]:
    """The ids of our messages that platforms return with their news."""
    found = []
    for item in items:
        try:
            found.append(UUID(item.client_reference))
        except ValueError:
            continue
    return found


def apply(
    connection: Connection[Any], channel: KnownChannel, items: list[tuple[Target, InboundStatus]]
) -> list[Fact]:
    """Raise what rises; a status below what is known is old news, but may tell the price."""
    _price(connection, channel, items)
    best: dict[UUID, _News] = {}
    for target, item in _with_earlier(connection, channel, items):
        news = best.setdefault(target.id, _News(target, item))
        if lattice.highest(news.item.status, item.status) != news.item.status:
            news.item = item
        if item.status == "read" and item.at is not None:
            news.read_at = max(news.read_at or item.at, item.at)
    if not best:
        return []
    heard = list(best.values())
    rows = connection.execute(
        _RISE,
        (
            uuids(list(best)),
            texts([news.item.status for news in heard]),
            texts([_error(news.item)[0] for news in heard]),
            texts([_error(news.item)[1] for news in heard]),
            texts([news.item.external_id for news in heard]),
            channel.workspace_id,
        ),
    ).fetchall()
    risen = [best[row[0]] for row in rows]
    _tell_conversations(connection, channel, risen)
    return [_fact(channel, news) for news in risen]


def _price(
    connection: Connection[Any], channel: KnownChannel, items: list[tuple[Target, InboundStatus]]
) -> None:
    """What the platform said last of what a message costs."""
    priced = [(target, item) for target, item in items if item.price]
    latest = {t.id: item.price for t, item in sorted(priced, key=lambda pair: str(pair[1].at))}
    if latest:
        prices = texts([document(price) for price in latest.values()])
        connection.execute(_PRICE, (uuids(list(latest)), prices, channel.workspace_id))


def _with_earlier(
    connection: Connection[Any], channel: KnownChannel, items: list[tuple[Target, InboundStatus]]
) -> list[tuple[Target, InboundStatus]]:
    """What is said of a message and those before it, said of each."""
    found = []
    for target, item in items:
        found.append((target, item))
        if item.and_earlier:
            lower = lattice.below(item.status)
            found += [
                (other, replace(item, external_id=other.external_id or ""))
                for other in targets.earlier(connection, channel, target, lower)
                if other.id != target.id
            ]
    return found


def _tell_conversations(
    connection: Connection[Any], channel: KnownChannel, risen: list[_News]
) -> None:
    if not risen:
        return
    ids = uuids([news.target.id for news in risen])
    connection.execute(_SHOW, {"workspace": channel.workspace_id, "ids": ids})
    reads: dict[UUID, datetime] = {}
    for news in risen:
        if news.read_at is not None:
            key = news.target.conversation_id
            reads[key] = max(reads.get(key, news.read_at), news.read_at)
    if reads:
        connection.execute(
            _READ, (uuids(list(reads)), moments(list(reads.values())), channel.workspace_id)
        )
    if failed := {news.target.conversation_id for news in risen if news.item.status == "failed"}:
        connection.execute(
            _WAIT_AGAIN, {"workspace": channel.workspace_id, "ids": uuids(list(failed))}
        )


def _error(item: InboundStatus) -> tuple[str, str]:
    if item.status != "failed":
        return "", ""
    return item.error_class or "bad_content", item.error


def _fact(channel: KnownChannel, news: _News) -> Fact:
    target = news.target
    target.status = news.item.status
    target.external_id = target.external_id or news.item.external_id
    error_class, error = _error(news.item)
    extra: dict[str, Any] = (
        {"error": {"class": error_class, "message": error}} if error_class else {}
    )
    action = _ACTIONS[news.item.status]
    assert news.item.at is not None  # the arrival's time stands in for the platform's
    fact = facts.of_target(action, channel, target, by_contact=news.item.status == "read", **extra)
    return replace(fact, data={**fact.data, "at": facts.written(news.item.at)})

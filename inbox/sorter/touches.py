"""What brought the customers who wrote: each message's referral becomes touches."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from psycopg import Connection

from contacts import referrals
from contacts.models.touch import touch_fact
from contacts.referrals import Told
from core.ids import uuid7
from core.postgresql.arrays import moments, texts, uuids
from events import types
from events.bulk import Fact
from inbox.sorter.arrivals import Arrival, document
from inbox.sorter.channels import KnownChannel
from inbox.sorter.threads import Thread

# A website's visitor tells of one visit again with each page they write from.
_ADD: Final = """
    insert into contacts_touch
        (id, workspace_id, created_at, contact_id, channel_id, message_id, at, kind, source,
         medium, campaign, content, term, click_ids, landing_page, referrer, data)
    select new.id, %(workspace)s, now(), new.contact_id, %(channel)s, new.message_id, new.at,
        new.kind, new.source, new.medium, new.campaign, new.content, new.term,
        new.click_ids::jsonb, new.landing_page, new.referrer, new.data::jsonb
    from unnest(
        %(ids)s::uuid[], %(contacts)s::uuid[], %(messages)s::uuid[], %(at)s::timestamptz[],
        %(kinds)s::text[], %(sources)s::text[], %(mediums)s::text[], %(campaigns)s::text[],
        %(contents)s::text[], %(terms)s::text[], %(click_ids)s::text[], %(landing_pages)s::text[],
        %(referrers)s::text[], %(data)s::text[]
    ) new (id, contact_id, message_id, at, kind, source, medium, campaign, content, term,
        click_ids, landing_page, referrer, data)
    where new.kind <> 'visit' or not exists (
        select from contacts_touch known
        where known.workspace_id = %(workspace)s and known.contact_id = new.contact_id
            and known.at = new.at and known.kind = new.kind
    )
    returning id
"""


def add(
    connection: Connection[Any],
    channel: KnownChannel,
    threads: dict[str, Thread],
    fresh: list[Arrival],
) -> list[Fact]:
    """Write the touches that fresh messages tell of."""
    found = [
        (arrival, told)
        for arrival in fresh
        if arrival.is_incoming
        for told in referrals.read(channel.kind, _referral(channel, arrival))
    ]
    if not found:
        return []
    told = referrals.named(connection, channel.workspace_id, [told for _, told in found])
    named = [(arrival, one) for (arrival, _), one in zip(found, told, strict=True)]
    return _write(connection, channel, threads, _once(threads, named))


def _referral(channel: KnownChannel, arrival: Arrival) -> dict[str, Any]:
    """What the platform told of how they came; WhatsApp's links tell it in the words."""
    told: dict[str, Any] = orjson.loads(arrival.referral) if arrival.referral is not None else {}
    if not told and channel.kind == "whatsapp" and (key := referrals.key_in(arrival.text)):
        return {"start": key}
    return told


def _once(
    threads: dict[str, Thread], found: list[tuple[Arrival, Told]]
) -> list[tuple[Arrival, Told, datetime]]:
    """With its moment; a visit of which several messages of the batch tell, once."""
    chosen: list[tuple[Arrival, Told, datetime]] = []
    visits: set[tuple[UUID, datetime]] = set()
    for arrival, told in found:
        # The visitor's own clock; a visit that was after the message was not.
        at = min(told.at or arrival.sent_at, arrival.sent_at)
        if told.kind == "visit":
            visit = (threads[arrival.chat_id].contact_id, at)
            if visit in visits:
                continue
            visits.add(visit)
        chosen.append((arrival, told, at))
    return chosen


def _write(
    connection: Connection[Any],
    channel: KnownChannel,
    threads: dict[str, Thread],
    rows: list[tuple[Arrival, Told, datetime]],
) -> list[Fact]:
    ids = [uuid7() for _ in rows]
    contacts = [threads[arrival.chat_id].contact_id for arrival, _, _ in rows]
    touches = [told for _, told, _ in rows]
    added = connection.execute(
        _ADD,
        {
            "workspace": channel.workspace_id,
            "channel": channel.id,
            "ids": uuids(ids),
            "contacts": uuids(contacts),
            "messages": uuids([arrival.id for arrival, _, _ in rows]),
            "at": moments([at for _, _, at in rows]),
            "kinds": texts([told.kind for told in touches]),
            "sources": texts([told.source for told in touches]),
            "mediums": texts([told.medium for told in touches]),
            "campaigns": texts([told.campaign for told in touches]),
            "contents": texts([told.content for told in touches]),
            "terms": texts([told.term for told in touches]),
            "click_ids": texts([document(told.click_ids) for told in touches]),
            "landing_pages": texts([told.landing_page for told in touches]),
            "referrers": texts([told.referrer for told in touches]),
            "data": texts([arrival.referral or "{}" for arrival, _, _ in rows]),
        },
    ).fetchall()
    written = {row[0] for row in added}
    return [
        Fact(
            types.TOUCH_RECORDED,
            ("touch", key),
            touch_fact(contact_id, told.kind, told.source, told.medium, told.campaign),
            ("contact", contact_id),
        )
        for key, contact_id, told in zip(ids, contacts, touches, strict=True)
        if key in written
    ]

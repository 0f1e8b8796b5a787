"""Whether customers agree to letters, as they told the platform."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from channels_connectors.types import InboundConsent
from contacts.models.consent import consent_fact
from core.ids import uuid7
from core.postgresql.arrays import booleans, moments, texts, uuids
from events import types
from events.bulk import Fact
from inbox.sorter import chats, kept
from inbox.sorter.channels import KnownChannel

# The later word counts, and the same word again too: else one between the two would win.
_KEEP: Final = """
    insert into contacts_consent
        (id, workspace_id, created_at, contact_id, channel_id, purpose, is_granted, origin,
         detail, at)
    select new.id, %s, now(), new.contact_id, %s, new.purpose, new.granted, 'platform', new.detail,
        new.at
    from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::boolean[], %s::text[], %s::timestamptz[])
        new (id, contact_id, purpose, granted, detail, at)
    on conflict (workspace_id, contact_id, channel_id, purpose) do update
        set is_granted = excluded.is_granted, origin = excluded.origin,
            detail = excluded.detail, at = excluded.at
        where contacts_consent.at <= excluded.at
    returning contact_id, purpose
"""
_KNOWN: Final = """
    select contact_id, purpose, is_granted from contacts_consent
    where workspace_id = %s and channel_id = %s and contact_id = any(%s) for update
"""
Key = tuple[UUID, str]


def apply(
    connection: Connection[Any],
    channel: KnownChannel,
    items: list[InboundConsent],
    *,
    waiting: bool,
) -> list[Fact]:
    """Write what was said. Of whom nobody has heard yet, it is kept until they write."""
    earlier = kept.consents(connection, channel) if waiting else {}
    if not items and not earlier:
        return []
    contacts = _contacts(connection, channel, [*items, *earlier.values()])
    known = [item for item in (*items, *earlier.values()) if item.chat_id in contacts]
    kept.forget(
        connection, channel, [key for key, item in earlier.items() if item.chat_id in contacts]
    )
    kept.keep(connection, channel, [item for item in items if item.chat_id not in contacts])
    latest: dict[Key, InboundConsent] = {}
    for item in sorted(known, key=_moment):
        latest[contacts[item.chat_id], item.purpose] = item
    return _write(connection, channel, latest) if latest else []


def _write(
    connection: Connection[Any], channel: KnownChannel, latest: dict[Key, InboundConsent]
) -> list[Fact]:
    items = list(latest.values())
    contacts = uuids([contact_id for contact_id, _ in latest])
    rows = connection.execute(_KNOWN, (channel.workspace_id, channel.id, contacts)).fetchall()
    before = {(row[0], row[1]): row[2] for row in rows}
    rows = connection.execute(
        _KEEP,
        (
            channel.workspace_id,
            channel.id,
            uuids([uuid7() for _ in items]),
            contacts,
            texts([item.purpose for item in items]),
            booleans([item.granted for item in items]),
            texts([item.detail for item in items]),
            moments([_moment(item) for item in items]),
        ),
    ).fetchall()
    return [
        _fact(channel, contact_id, latest[contact_id, purpose])
        for contact_id, purpose in rows
        if before.get((contact_id, purpose)) != latest[contact_id, purpose].granted
    ]


def _contacts(
    connection: Connection[Any], channel: KnownChannel, items: list[InboundConsent]
) -> dict[str, UUID]:
    found = chats.find(connection, channel, {item.chat_id for item in items})
    return {
        name: identity.contact_id
        for identity in found
        for name in (identity.external_id, *identity.aliases)
    }


def _fact(channel: KnownChannel, contact_id: UUID, item: InboundConsent) -> Fact:
    return Fact(
        types.CONTACT_CONSENT_CHANGED,
        ("contact", contact_id),
        consent_fact(
            item.purpose, channel.id, item.granted, "platform", item.detail, _moment(item)
        ),
        ("contact", contact_id),
    )


def _moment(item: InboundConsent) -> datetime:
    assert item.at is not None  # the arrival's time stands in for the platform's
    return item.at

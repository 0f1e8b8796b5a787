"""What is said of the people themselves: names, phones, and whether they can be written to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from channels_connectors.types import InboundProfile, InboundReachability, Person
from contacts.phones import normal_phone
from core.postgresql.arrays import booleans, texts, uuids
from events import types
from events.bulk import Fact
from inbox.sorter.arrivals import Arrival
from inbox.sorter.channels import KnownChannel
from inbox.sorter.threads import Thread

_IDENTITIES: Final = """
    update contacts_contactidentity i set name = u.name, username = u.username
    from unnest(%s::uuid[], %s::text[], %s::text[]) u (id, name, username)
    where i.workspace_id = %s and i.id = u.id
"""
_LOCK_CONTACTS: Final = """
    select id, name, phone, email, language from contacts_contact
    where workspace_id = %s and id = any(%s) order by id for no key update
"""
_CONTACTS: Final = """
    update contacts_contact k set name = u.name, phone = u.phone, email = u.email,
        language = u.language, updated_at = now()
    from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[])
        u (id, name, phone, email, language)
    where k.workspace_id = %s and k.id = u.id
"""
_REACHABLE: Final = """
    update contacts_contactidentity i set is_reachable = u.reachable, unreachable_reason = u.reason
    from unnest(%s::text[], %s::boolean[], %s::text[]) u (external_id, reachable, reason)
    where i.workspace_id = %s and i.channel_id = %s and i.external_id = u.external_id
        and i.is_reachable <> u.reachable
    returning i.id, i.external_id, i.contact_id, i.is_reachable, i.unreachable_reason
"""
FIELDS: Final = ("name", "phone", "email", "language")


@dataclass(frozen=True, slots=True)
class _Introduction:
    """What a thread's person is called now; empty fields say nothing."""

    name: str = ""
    username: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""


def introduce(
    connection: Connection[Any],
    channel: KnownChannel,
    threads: dict[str, Thread],
    fresh: list[Arrival],
    profiles: list[InboundProfile],
) -> list[Fact]:
    """Follow changed names and fill what is empty; what an agent wrote is left alone."""
    said: dict[str, _Introduction] = {}
    for arrival in fresh:
        if words := _in_passing(threads[arrival.chat_id], arrival):
            said[arrival.chat_id] = words
    for item in profiles:
        if item.chat_id in threads and not threads[item.chat_id].is_group:
            said[item.chat_id] = _introduction(item.person)
    changed = [(threads[chat_id], words) for chat_id, words in said.items()]
    if not changed:
        return []
    told = _update_contacts(connection, channel, changed)
    _update_identities(connection, channel, changed)
    return told


def reach(
    connection: Connection[Any],
    channel: KnownChannel,
    threads: dict[str, Thread],
    fresh: list[Arrival],
    items: list[InboundReachability],
) -> list[Fact]:
    """Who blocked us or came back. Whoever writes can be written to."""
    latest: dict[str, tuple[datetime, bool, str]] = {}
    signs = [(item.at, item.chat_id, item.reachable, item.reason) for item in items]
    signs += [
        (arrival.sent_at, arrival.chat_id, True, "")
        for arrival in fresh
        if arrival.asks and not threads[arrival.chat_id].is_reachable
    ]
    for at, chat_id, reachable, reason in sorted(signs, key=lambda sign: sign[0]):
        latest[chat_id] = (at, reachable, "" if reachable else reason)
    if not latest:
        return []
    rows = connection.execute(
        _REACHABLE,
        (
            texts(list(latest)),
            booleans([reachable for _, reachable, _ in latest.values()]),
            texts([reason for *_, reason in latest.values()]),
            channel.workspace_id,
            channel.id,
        ),
    ).fetchall()
    return [_reachability_fact(channel, threads.get(row[1]), *row) for row in rows]


def _in_passing(thread: Thread, arrival: Arrival) -> _Introduction | None:
    """A name that came along with a message and is another than we know."""
    if thread.has_new_contact or not arrival.is_incoming:
        return None
    if thread.last_activity_at is not None and arrival.sent_at < thread.last_activity_at:
        return None
    if thread.is_group:
        name, username = arrival.chat_name, ""
    else:
        person = arrival.person
        name, username = (person.name, person.username) if person else ("", "")
    if (not name or name == thread.name) and (not username or username == thread.username):
        return None
    return _Introduction(name=name, username=username)


def _introduction(person: Person) -> _Introduction:
    return _Introduction(
        name=person.name,
        username=person.username,
        phone=normal_phone(person.phone) if person.phone else "",
        email=person.email,
        language=person.language,
    )


def _update_contacts(
    connection: Connection[Any],
    channel: KnownChannel,
    changed: list[tuple[Thread, _Introduction]],
) -> list[Fact]:
    ids = list({thread.contact_id for thread, _ in changed})
    rows = connection.execute(_LOCK_CONTACTS, (channel.workspace_id, uuids(ids))).fetchall()
    before = {row[0]: dict(zip(FIELDS, row[1:], strict=True)) for row in rows}
    after = {contact_id: dict(values) for contact_id, values in before.items()}
    for thread, words in changed:
        values = after[thread.contact_id]
        # A name that differs from the platform's was given by an agent.
        if words.name and values["name"] in {"", thread.name}:
            values["name"] = words.name
        for field in ("phone", "email", "language"):
            values[field] = values[field] or getattr(words, field)
    ids = [contact_id for contact_id in ids if before[contact_id] != after[contact_id]]
    if not ids:
        return []
    columns = [texts([after[contact_id][field] for contact_id in ids]) for field in FIELDS]
    connection.execute(_CONTACTS, (uuids(ids), *columns, channel.workspace_id))
    return [_contact_fact(contact_id, before[contact_id], after[contact_id]) for contact_id in ids]


def _update_identities(
    connection: Connection[Any],
    channel: KnownChannel,
    changed: list[tuple[Thread, _Introduction]],
) -> None:
    renamed = []
    for thread, words in changed:
        name, username = words.name or thread.name, words.username or thread.username
        if (name, username) != (thread.name, thread.username):
            thread.name, thread.username = name, username
            renamed.append(thread)
    if renamed:
        connection.execute(
            _IDENTITIES,
            (
                uuids([thread.identity_id for thread in renamed]),
                texts([thread.name for thread in renamed]),
                texts([thread.username for thread in renamed]),
                channel.workspace_id,
            ),
        )


def _contact_fact(contact_id: UUID, before: dict[str, str], after: dict[str, str]) -> Fact:
    changes = {
        field: {"before": before[field], "after": after[field]}
        for field in FIELDS
        if before[field] != after[field]
    }
    return Fact(
        types.CONTACT_UPDATED,
        ("contact", contact_id),
        {"changes": changes},
        ("contact", contact_id),
    )


def _reachability_fact(
    channel: KnownChannel,
    thread: Thread | None,
    identity_id: UUID,
    external_id: str,
    contact_id: UUID,
    reachable: bool,
    reason: str,
) -> Fact:
    return Fact(
        types.IDENTITY_REACHABILITY_CHANGED,
        ("contactidentity", identity_id),
        {"reachable": reachable, "reason": reason},
        ("contact", contact_id),
        thread.conversation_id if thread else None,
        thread.audience(channel.id) if thread else None,
    )

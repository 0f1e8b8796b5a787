"""A chat of the platform's is an identity, a contact and a conversation of ours."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from contacts.phones import normal_phone
from core.ids import uuid7
from core.postgresql.arrays import booleans, texts, uuids
from events import bulk
from inbox.sorter.arrivals import Arrival
from inbox.sorter.channels import KnownChannel

# Everybody locks conversations in the order of their ids, so that nobody waits in a circle.
_FIND: Final = """
    select i.external_id, i.id, i.contact_id, c.id, i.name, i.username, i.is_group,
        i.is_reachable, i.profile_fetched_at, c.status, c.team_id, c.assignee_id,
        c.last_activity_at, c.waiting_since, c.unread_count, k.blocked_at is not null
    from contacts_contactidentity i
    join inbox_conversation c on c.workspace_id = i.workspace_id and c.identity_id = i.id
    join contacts_contact k on k.workspace_id = i.workspace_id and k.id = i.contact_id
    where i.workspace_id = %s and i.channel_id = %s and i.external_id = any(%s)
    order by c.id for no key update of c
"""
_ADD_IDENTITIES: Final = """
    insert into contacts_contactidentity
        (id, workspace_id, created_at, channel_id, contact_id, external_id, name, username,
         is_group, is_reachable, unreachable_reason)
    select new.id, %s, now(), %s, new.contact_id, new.external_id, new.name, new.username,
        new.is_group, true, ''
    from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::boolean[])
        new (id, contact_id, external_id, name, username, is_group)
    on conflict (workspace_id, channel_id, external_id) do nothing
    returning id
"""
_ADD_CONTACTS: Final = """
    insert into contacts_contact
        (id, workspace_id, created_at, updated_at, name, phone, email, language, note, fields,
         avatar)
    select new.id, %s, now(), now(), new.name, new.phone, new.email, new.language, '', '{}', ''
    from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[])
        new (id, name, phone, email, language)
"""
_BARE_IDENTITIES: Final = """
    select external_id, id, contact_id, name, username, is_group, is_reachable,
        profile_fetched_at
    from contacts_contactidentity
    where workspace_id = %s and channel_id = %s and external_id = any(%s)
"""


@dataclass(slots=True, eq=False)
class Thread:
    """A chat as it is in the database, locked, or as it will be when `is_new`."""

    chat_id: str
    identity_id: UUID
    contact_id: UUID
    conversation_id: UUID
    name: str
    username: str
    is_group: bool
    is_reachable: bool = True
    profile_fetched_at: datetime | None = None
    status: str = "new"
    team_id: UUID | None = None
    assignee_id: UUID | None = None
    last_activity_at: datetime | None = None
    waiting_since: datetime | None = None
    unread_count: int = 0
    is_blocked: bool = False
    last_incoming_at: datetime | None = None
    is_new: bool = False
    has_new_contact: bool = False
    arrivals: list[Arrival] = field(default_factory=list)

    @property
    def is_past(self) -> bool:
        """Whether all that came was said before the account was connected."""
        return all(arrival.is_past for arrival in self.arrivals)

    def audience(self, channel_id: UUID, *members: UUID | None) -> Any:
        """Who may hear of it now; with `members`, also those who were concerned before."""
        return bulk.audience(channel_id, {self.team_id}, {self.assignee_id, *members})


def find(
    connection: Connection[Any], channel: KnownChannel, chat_ids: Iterable[str]
) -> dict[str, Thread]:
    """The chats that have a conversation, by their id on the platform; locked."""
    wanted = list(chat_ids)
    if not wanted:
        return {}
    rows = connection.execute(_FIND, (channel.workspace_id, channel.id, texts(wanted)), binary=True)
    return {row[0]: Thread(*row) for row in rows}


def create(
    connection: Connection[Any], channel: KnownChannel, firsts: dict[str, Arrival]
) -> dict[str, Thread]:
    """Threads for chats that have none, from the first thing said in each.

    The conversation's row is written later, with its final values (see conversations.save).
    """
    made = {chat_id: _new(channel, chat_id, first) for chat_id, first in firsts.items()}
    threads = list(made.values())
    rows = connection.execute(
        _ADD_IDENTITIES,
        (
            channel.workspace_id,
            channel.id,
            uuids([thread.identity_id for thread in threads]),
            uuids([thread.contact_id for thread in threads]),
            texts([thread.chat_id for thread in threads]),
            texts([thread.name for thread in threads]),
            texts([thread.username for thread in threads]),
            booleans([thread.is_group for thread in threads]),
        ),
    ).fetchall()
    added = {row[0] for row in rows}
    if taken := [thread.chat_id for thread in threads if thread.identity_id not in added]:
        _take_over(connection, channel, made, taken)
    _add_contacts(connection, channel, made, firsts)
    return made


def _new(channel: KnownChannel, chat_id: str, first: Arrival) -> Thread:
    person = first.person if first.is_incoming and not first.is_group else None
    return Thread(
        chat_id=chat_id,
        identity_id=uuid7(),
        contact_id=uuid7(),
        conversation_id=uuid7(),
        name=(person.name if person else "") or first.chat_name,
        username=person.username if person else "",
        is_group=first.is_group,
        team_id=channel.team_id,
        is_new=True,
        has_new_contact=True,
    )


def _take_over(
    connection: Connection[Any], channel: KnownChannel, made: dict[str, Thread], taken: list[str]
) -> None:
    """Identities that were there already: without a conversation, or added by somebody just now."""
    rows = connection.execute(_BARE_IDENTITIES, (channel.workspace_id, channel.id, texts(taken)))
    for chat_id, identity_id, contact_id, name, username, is_group, reachable, fetched in rows:
        thread = made[chat_id]
        thread.identity_id, thread.contact_id = identity_id, contact_id
        thread.name, thread.username, thread.is_group = name, username, is_group
        thread.is_reachable, thread.profile_fetched_at = reachable, fetched
        thread.has_new_contact = False
    made.update(find(connection, channel, taken))


def _add_contacts(
    connection: Connection[Any],
    channel: KnownChannel,
    made: dict[str, Thread],
    firsts: dict[str, Arrival],
) -> None:
    threads = [thread for thread in made.values() if thread.has_new_contact]
    if not threads:
        return
    people = [None if thread.is_group else firsts[thread.chat_id].person for thread in threads]
    connection.execute(
        _ADD_CONTACTS,
        (
            channel.workspace_id,
            uuids([thread.contact_id for thread in threads]),
            texts([thread.name for thread in threads]),
            texts([normal_phone(one.phone) if one and one.phone else "" for one in people]),
            texts([one.email if one else "" for one in people]),
            texts([one.language if one else "" for one in people]),
        ),
    )

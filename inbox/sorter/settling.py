"""Two chats that the platform says are one become one. See docs/decisions/0005."""

from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from contacts import merging
from contacts.models import ContactIdentity
from core.postgresql.arrays import uuids
from events import bulk, types
from events.bulk import Fact
from inbox.models import Conversation
from inbox.sorter.channels import KnownChannel
from inbox.sorter.facts import SYSTEM
from workspaces.repointing import repoint

# In the order in which everybody locks them.
_LOCK: Final = """
    select identity_id, id, team_id, assignee_id from inbox_conversation
    where workspace_id = %s and identity_id = any(%s) order by id for update
"""
# The more open of the two tells whose it is; the later one, what was said last.
_JOIN: Final = """
    update inbox_conversation k set
        status = case when o.leads then o.status else k.status end,
        assignee_id = case when o.leads then o.assignee_id else k.assignee_id end,
        previous_assignee_id = coalesce(k.previous_assignee_id, o.previous_assignee_id),
        team_id = case when o.leads then coalesce(o.team_id, k.team_id)
            else coalesce(k.team_id, o.team_id) end,
        accepted_at = case when o.leads then o.accepted_at else k.accepted_at end,
        opened_at = case when o.leads then o.opened_at else k.opened_at end,
        closed_at = case when o.leads then o.closed_at else k.closed_at end,
        created_at = least(k.created_at, o.created_at),
        unread_count = k.unread_count + o.unread_count,
        waiting_since = least(k.waiting_since, o.waiting_since),
        customer_read_at = greatest(k.customer_read_at, o.customer_read_at),
        last_incoming_at = greatest(k.last_incoming_at, o.last_incoming_at),
        last_activity_at = greatest(k.last_activity_at, o.last_activity_at),
        last_message_text =
            case when o.is_later then o.last_message_text else k.last_message_text end,
        last_message_kind =
            case when o.is_later then o.last_message_kind else k.last_message_kind end,
        last_message_direction =
            case when o.is_later then o.last_message_direction else k.last_message_direction end,
        last_message_status =
            case when o.is_later then o.last_message_status else k.last_message_status end
    from (
        select a.*, a.last_activity_at > b.last_activity_at as is_later,
            array_position(array['accepted', 'new', 'closed']::varchar[], a.status)
                < array_position(array['accepted', 'new', 'closed']::varchar[], b.status) as leads
        from inbox_conversation a, inbox_conversation b
        where a.workspace_id = %(workspace)s and a.id = %(absorbed)s
            and b.workspace_id = a.workspace_id and b.id = %(kept)s
    ) o
    where k.workspace_id = %(workspace)s and k.id = %(kept)s
"""
_DELETE_CONVERSATION: Final = """
    delete from inbox_conversation where workspace_id = %s and id = %s
"""
_DELETE_IDENTITY: Final = """
    delete from contacts_contactidentity where workspace_id = %s and id = %s
"""


def settle(
    connection: Connection[Any],
    channel: KnownChannel,
    *,
    absorbed: tuple[UUID, UUID],
    kept: tuple[UUID, UUID],
) -> list[Fact]:
    """Make one of two identities of the channel, each given with its contact.

    Messages and all else that refers to the conversation, the identity or the contact `absorbed`
    move over, and these are deleted. Returns the facts.
    """
    workspace_id = channel.workspace_id
    (absorbed_id, absorbed_contact), (kept_id, kept_contact) = absorbed, kept
    facts = _join_conversations(connection, channel, absorbed_id, kept_id)
    facts += merging.absorb(connection, workspace_id, absorbed=absorbed_contact, kept=kept_contact)
    repoint(connection, ContactIdentity, workspace_id, absorbed=absorbed_id, kept=kept_id)
    connection.execute(_DELETE_IDENTITY, (workspace_id, absorbed_id))
    return facts


def _join_conversations(
    connection: Connection[Any],
    channel: KnownChannel,
    absorbed_id: UUID,
    kept_id: UUID,
) -> list[Fact]:
    """Nothing where only one of them has a conversation: it follows its identity."""
    workspace_id = channel.workspace_id
    rows = connection.execute(_LOCK, (workspace_id, uuids([absorbed_id, kept_id]))).fetchall()
    found = {row[0]: row[1:] for row in rows}
    if len(found) < 2:
        return []
    (absorbed, *of_absorbed), (kept, *of_kept) = found[absorbed_id], found[kept_id]
    connection.execute(_JOIN, {"workspace": workspace_id, "kept": kept, "absorbed": absorbed})
    repoint(connection, Conversation, workspace_id, absorbed=absorbed, kept=kept)
    connection.execute(_DELETE_CONVERSATION, (workspace_id, absorbed))
    audience = bulk.audience(channel.id, {of_absorbed[0], of_kept[0]}, {of_absorbed[1], of_kept[1]})
    return [
        _fact(types.CONVERSATION_MERGED, kept, audience, absorbed=absorbed),
        _fact(types.CONVERSATION_ABSORBED, absorbed, audience, into=kept),
    ]


def _fact(action: str, conversation_id: UUID, audience: Any, **data: UUID) -> Fact:
    told = {name: str(value) for name, value in data.items()}
    subject = ("conversation", conversation_id)
    return Fact(action, subject, told, SYSTEM, conversation_id, audience)

"""While two contacts become one, the sorter waits: it must not write for the one that goes."""

from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from contacts.merges import hold_with

# The lock is the one under which a channel's batches are sorted (inbox.sorter.batch), taken in one
# order by everybody who takes several.
_CHANNELS: Final = """
    select distinct channel_id::text from contacts_contactidentity
    where workspace_id = %s and contact_id = any(%s) order by 1
"""
_LOCK: Final = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"


def hold_channels(connection: Connection[Any], workspace_id: UUID, contact_ids: list[UUID]) -> None:
    """Wait for the batches of these people's channels, and keep the next ones waiting."""
    for (channel_id,) in connection.execute(_CHANNELS, [workspace_id, contact_ids]).fetchall():
        connection.execute(_LOCK, [channel_id])


hold_with(hold_channels)

"""One contact takes over all that another has. For writers over raw psycopg."""

from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from contacts.models import Contact
from events import types
from events.bulk import Fact
from workspaces.repointing import repoint

# What the kept one lacks is filled; what both have is told by the kept one.
_FILL: Final = """
    update contacts_contact k set
        name = coalesce(nullif(k.name, ''), o.name),
        phone = coalesce(nullif(k.phone, ''), o.phone),
        email = coalesce(nullif(k.email, ''), o.email),
        language = coalesce(nullif(k.language, ''), o.language),
        avatar = coalesce(nullif(k.avatar, ''), o.avatar),
        note = case when o.note in ('', k.note) then k.note
            else concat_ws(E'\\n\\n', nullif(k.note, ''), o.note) end,
        fields = o.fields || k.fields,
        owner_id = coalesce(k.owner_id, o.owner_id),
        created_at = least(k.created_at, o.created_at),
        updated_at = now()
    from contacts_contact o
    where k.workspace_id = %(workspace)s and k.id = %(kept)s
        and o.workspace_id = k.workspace_id and o.id = %(absorbed)s
"""
_LOCK: Final = """
    select id from contacts_contact where workspace_id = %(workspace)s
        and id in (%(kept)s, %(absorbed)s) order by id for update
"""
# The later word of the two counts.
_CONSENTS: Final = """
    delete from contacts_consent a using contacts_consent b
    where a.workspace_id = %(workspace)s and a.contact_id in (%(kept)s, %(absorbed)s)
        and b.workspace_id = a.workspace_id and b.contact_id in (%(kept)s, %(absorbed)s)
        and b.channel_id is not distinct from a.channel_id and b.purpose = a.purpose
        and (a.at, a.id) < (b.at, b.id)
"""
_DELETE: Final = """
    delete from contacts_contact where workspace_id = %(workspace)s and id = %(absorbed)s
"""


def absorb(
    connection: Connection[Any], workspace_id: UUID, *, absorbed: UUID, kept: UUID
) -> list[Fact]:
    """Merge the contact `absorbed` into `kept` and delete it; nothing when they are one already.

    Addresses, conversations, labels, consents, touches and whatever else refers to it move over.
    The connection is in a transaction with the workspace set.
    """
    if absorbed == kept:
        return []
    values = {"workspace": workspace_id, "kept": kept, "absorbed": absorbed}
    connection.execute(_LOCK, values)
    connection.execute(_FILL, values)
    connection.execute(_CONSENTS, values)
    repoint(connection, Contact, workspace_id, absorbed=absorbed, kept=kept)
    connection.execute(_DELETE, values)
    return [
        Fact(
            types.CONTACT_MERGED,
            ("contact", kept),
            {"absorbed": str(absorbed)},
            ("system", None),
        )
    ]

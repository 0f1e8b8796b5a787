"""One contact takes over all that another has. For writers over raw psycopg."""

from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from contacts.models import Contact
from core.ids import uuid7
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
        company_id = coalesce(k.company_id, o.company_id),
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
# A phone or an e-mail that both have, each its own, becomes a further one.
_POINTS: Final = """
    insert into contacts_contactpoint (id, workspace_id, created_at, contact_id, kind, value)
    select case told.kind when 'phone' then %(phone)s::uuid else %(email)s::uuid end,
        %(workspace)s, now(), %(kept)s, told.kind, told.value
    from contacts_contact k
    join contacts_contact o on o.workspace_id = k.workspace_id and o.id = %(absorbed)s
    cross join lateral (values ('phone', o.phone, k.phone), ('email', o.email, k.email))
        told (kind, value, main)
    where k.workspace_id = %(workspace)s and k.id = %(kept)s
        and told.value <> '' and told.main <> '' and told.value <> told.main
    on conflict do nothing
"""
# Rows of the index have no foreign key, so repointing does not find them.
_OWN_FIELDS: Final = """
    delete from contacts_fieldvalue a where a.workspace_id = %(workspace)s
        and a.entity_id = %(absorbed)s and exists (
            select from contacts_fieldvalue b where b.workspace_id = a.workspace_id
                and b.entity_id = %(kept)s and b.field_id = a.field_id
        )
"""
_MOVE_OWN_FIELDS: Final = """
    update contacts_fieldvalue set entity_id = %(kept)s
    where workspace_id = %(workspace)s and entity_id = %(absorbed)s
"""
_SUSPICIONS: Final = """
    delete from contacts_duplicate
    where workspace_id = %(workspace)s and %(absorbed)s in (first_id, second_id)
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
    connection.execute(_POINTS, values | {"phone": uuid7(), "email": uuid7()})
    for statement in (_FILL, _OWN_FIELDS, _MOVE_OWN_FIELDS, _SUSPICIONS, _CONSENTS):
        connection.execute(statement, values)
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

"""What is asked above row-level security for the sake of an index."""

from workspaces.tenancy import register_lookup

# The operator && is not leakproof, so PostgreSQL would walk all identities of the channel instead
# of the index on aliases. It looks into the workspace in scope and nowhere else.
register_lookup(
    name="identities_by_alias",
    arguments="channel uuid, names text[]",
    returns="table (identity_id uuid)",
    body="""
        select i.id from contacts_contactidentity i
        where i.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
            and i.channel_id = channel
            and not (i.aliases = '{}') and i.aliases && names::varchar[]
    """,
)

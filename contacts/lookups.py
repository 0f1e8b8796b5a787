"""What is asked above row-level security for the sake of an index."""

from workspaces.tenancy import register_lookup

# The operator @> is not leakproof, so PostgreSQL would walk all identities of the channel instead
# of the index on aliases. It looks into the workspace in scope and nowhere else. Name by name: of
# && with many names the planner expects half of the table.
register_lookup(
    name="identities_by_alias",
    arguments="channel uuid, names text[]",
    returns="table (identity_id uuid)",
    body="""
        select distinct i.id from unnest(names::varchar[]) wanted (alias)
        cross join lateral (
            select k.id from contacts_contactidentity k
            where k.aliases @> array[wanted.alias] and not (k.aliases = '{}')
                and k.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
                and k.channel_id = channel
        ) i
    """,
)

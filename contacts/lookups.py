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

# ILIKE is not leakproof either. `wanted` is a column, `pattern` one of LIKE, to which small and
# capital letters are the same. It looks into the workspace in scope and nowhere else.
register_lookup(
    name="contacts_with_text",
    arguments="wanted text, pattern text",
    returns="table (contact_id uuid)",
    body="""
        select k.id from contacts_contact k
        where wanted = 'name' and k.name ilike pattern and k.name <> ''
            and k.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
        union all
        select k.id from contacts_contact k
        where wanted = 'email' and k.email ilike pattern and k.email <> ''
            and k.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
        union all
        select k.id from contacts_contact k
        where wanted = 'phone' and k.phone ilike pattern and k.phone <> ''
            and k.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
        union all
        select p.contact_id from contacts_contactpoint p
        where wanted = p.kind and p.value ilike pattern
            and p.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
    """,
)

# The index holds texts of the workspace's own fields in lower case, and so must the pattern be.
register_lookup(
    name="rows_with_field_text",
    arguments="field uuid, pattern text",
    returns="table (entity_id uuid)",
    body="""
        select v.entity_id from contacts_fieldvalue v
        where v.field_id = field and v.text_value like pattern
            and v.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
    """,
)

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

# Who has a phone, an e-mail or a username of one of these contacts, or nearly the same name. Names
# count when they are of two words and have no digits; `%` is as near as the setting
# pg_trgm.similarity_threshold of the transaction says. Looks into the workspace in scope only.
register_lookup(
    name="contacts_like",
    arguments="wanted uuid[]",
    returns="table (contact_id uuid, other_id uuid, reason text)",
    body="""
        with scope as (
            select nullif(current_setting('app.workspace_id', true), '')::uuid as workspace_id
        ), mine as (
            select k.id, k.name, k.workspace_id from contacts_contact k, scope s
            where k.workspace_id = s.workspace_id and k.id = any(wanted)
        ), points as (
            select k.id, v.kind, v.value, k.workspace_id from contacts_contact k
            cross join lateral (values ('phone', k.phone), ('email', k.email)) v (kind, value)
            where k.id in (select id from mine) and v.value <> ''
                and k.workspace_id = (select workspace_id from scope)
            union all
            select p.contact_id, p.kind, p.value, p.workspace_id from contacts_contactpoint p
            where p.contact_id in (select id from mine)
                and p.workspace_id = (select workspace_id from scope)
        )
        select p.id, o.id, 'phone' from points p join contacts_contact o
            on o.workspace_id = p.workspace_id and o.phone = p.value and o.phone <> ''
        where p.kind = 'phone' and o.id <> p.id
        union
        select p.id, o.id, 'email' from points p join contacts_contact o
            on o.workspace_id = p.workspace_id and o.email <> '' and o.email ilike
                replace(replace(replace(p.value, '\\', '\\\\'), '%', '\\%'), '_', '\\_')
        where p.kind = 'email' and o.id <> p.id
        union
        select p.id, o.contact_id, p.kind from points p join contacts_contactpoint o
            on o.workspace_id = p.workspace_id and o.kind = p.kind and o.value = p.value
        where o.contact_id <> p.id
        union
        select i.contact_id, o.contact_id, 'username' from contacts_contactidentity i
        join contacts_contactidentity o on o.workspace_id = i.workspace_id
            and o.username = i.username and o.username <> ''
        where i.workspace_id = (select workspace_id from scope)
            and i.contact_id in (select id from mine) and length(i.username) > 3
            and o.contact_id <> i.contact_id
        union
        select m.id, near.id, 'name' from mine m
        cross join lateral (
            select o.id from contacts_contact o
            where o.workspace_id = m.workspace_id and o.name % m.name and o.id <> m.id
                and o.name ~ '\\S\\s+\\S' and o.name !~ '\\d'
            order by similarity(o.name, m.name) desc, o.id limit 5
        ) near
        where m.name ~ '\\S\\s+\\S' and m.name !~ '\\d' and length(m.name) > 6
    """,
)

# What the jobs' sweepers ask across workspaces. A job that has just been made has its own poke.
register_lookup(
    name="waiting_jobs",
    arguments="most integer",
    returns="table (workspace_id uuid, job_id uuid)",
    body="""
        select j.workspace_id, j.id from contacts_job j
        where j.state in ('waiting', 'running')
            and (j.lease_until <= now()
                 or (j.lease_until is null and j.created_at < now() - interval '3 seconds'))
        order by j.lease_until nulls first
        limit most
    """,
)

register_lookup(
    name="expired_files",
    arguments="most integer",
    returns="table (workspace_id uuid, job_id uuid)",
    body="""
        select j.workspace_id, j.id from contacts_job j
        where j.path <> '' and j.expires_at <= now()
        limit most
    """,
)

# What can be taken back for a month is kept for a month.
register_lookup(
    name="settled_imports",
    arguments="most integer",
    returns="table (workspace_id uuid, job_id uuid)",
    body="""
        select j.workspace_id, j.id from contacts_job j
        where j.kind = 'import' and j.finished_at < now() - interval '30 days'
            and j.counts ? 'updated' and not j.settings ? 'forgotten'
        limit most
    """,
)

register_lookup(
    name="settled_merges",
    arguments="most integer",
    returns="table (workspace_id uuid, merge_id uuid)",
    body="""
        select m.workspace_id, m.id from contacts_mergerecord m
        where m.created_at < now() - interval '30 days' and m.rows <> '{}'
        limit most
    """,
)

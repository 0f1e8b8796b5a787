"""What the letterbox and the pollers ask before a workspace is known."""

from workspaces.tenancy import register_lookup

register_lookup(
    name="channel_by_key",
    arguments="wanted text",
    returns="table (channel_id uuid, workspace_id uuid, kind text)",
    body="""
        select c.id, c.workspace_id, c.kind::text from channels_connectors_channel c
        where c.key = wanted
    """,
)

register_lookup(
    name="polled_channels",
    arguments="",
    returns="table (channel_id uuid, workspace_id uuid)",
    body="""
        select c.id, c.workspace_id from channels_connectors_channel c
        where c.transport = 'polling' and c.status in ('active', 'connecting', 'paused')
    """,
)

register_lookup(
    name="connected_account",
    arguments="wanted_kind text, wanted text",
    returns="table (channel_id uuid, workspace_id uuid)",
    body="""
        select c.id, c.workspace_id from channels_connectors_channel c
        where c.kind = wanted_kind and c.external_id = wanted and c.status <> 'disconnected'
    """,
)

# A paused channel is asked about too: its credentials may end meanwhile.
register_lookup(
    name="channels_due_for_check",
    arguments="every interval, most integer",
    returns="table (channel_id uuid, workspace_id uuid)",
    body="""
        select c.id, c.workspace_id from channels_connectors_channel c
        where c.status <> 'disconnected'
            and (c.checked_at is null or c.checked_at < now() - every)
        order by c.checked_at nulls first limit most
    """,
)

# One statement for all that a poller reads: what is its own is kept, what is free is taken up to
# its share. `id` ties the order, so that two pollers lock rows in the same one.
register_lookup(
    name="hold_poll_leases",
    arguments="holder uuid, lease interval, renewed_before interval, share integer",
    returns="table (workspace_id uuid, channel_id uuid)",
    changes=True,
    body="""
        with polled as (
            select c.id, c.workspace_id, c.poll_lease_token as token, c.poll_lease_until as ends
            from channels_connectors_channel c
            where c.transport = 'polling' and c.status in ('active', 'connecting', 'paused')
        ), mine as (
            select p.id, p.workspace_id, p.ends from polled p where p.token = holder
        ), free as (
            select c.id, c.workspace_id from channels_connectors_channel c
            join polled p on p.id = c.id and p.workspace_id = c.workspace_id
            where c.poll_lease_token is distinct from holder
                and (c.poll_lease_until is null or c.poll_lease_until < now())
            order by c.poll_lease_until nulls first, c.id
            limit greatest(0, share - (select count(*) from mine))
            for no key update of c skip locked
        ), wanted as (
            select m.id, m.workspace_id from mine m
            where m.ends is null or m.ends < now() + lease - renewed_before
            union all
            select f.id, f.workspace_id from free f
        ), kept as (
            update channels_connectors_channel c
            set poll_lease_token = holder, poll_lease_until = now() + lease
            from wanted w where c.id = w.id and c.workspace_id = w.workspace_id
            returning c.id
        )
        select m.workspace_id, m.id from mine m
        union all
        select f.workspace_id, f.id from free f join kept k on k.id = f.id
    """,
)

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
        where c.transport = 'polling' and c.status in ('active', 'connecting')
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

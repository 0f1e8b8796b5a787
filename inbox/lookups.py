"""What the inbox's sweepers ask across workspaces."""

from workspaces.tenancy import register_lookup

register_lookup(
    name="channels_with_new_envelopes",
    arguments="older_than interval",
    returns="table (channel_id uuid, workspace_id uuid)",
    body="""
        select distinct e.channel_id, e.workspace_id from inbox_inboundenvelope e
        where e.state <> 'done' and e.state = 'new' and e.received_at < now() - older_than
    """,
)

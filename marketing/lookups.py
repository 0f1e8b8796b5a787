"""What is asked before a workspace is known."""

from workspaces.tenancy import register_lookup

# What the broadcaster has to look at: running ones, those whose hour has come, and unsettled
# recipients of those that were paused or stopped while they were being sent to.
register_lookup(
    name="broadcasts_at_work",
    arguments="",
    returns="table (workspace_id uuid, broadcast_id uuid)",
    body="""
        select b.workspace_id, b.id from marketing_broadcast b
        where b.status = 'running'
            or (b.status = 'scheduled' and (b.starts_at is null or b.starts_at <=
                now() + case when b.schedule = 'local' then interval '15 hours'
                    else interval '0' end))
        union
        select r.workspace_id, r.broadcast_id from marketing_broadcastrecipient r
        where r.state in ('leased', 'sending') and r.lease_until < now()
    """,
)

# A recipient's token has its own signature; this says whose workspace it is of.
register_lookup(
    name="workspace_of_recipient",
    arguments="wanted uuid",
    returns="table (workspace_id uuid)",
    body="select r.workspace_id from marketing_broadcastrecipient r where r.id = wanted",
)

# A short link has no workspace in its address.
register_lookup(
    name="workspace_of_link",
    arguments="wanted text",
    returns="table (workspace_id uuid)",
    body="select l.workspace_id from marketing_trackedlink l where l.key = wanted",
)

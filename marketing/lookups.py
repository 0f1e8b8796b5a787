"""What is asked before a workspace is known."""

from workspaces.tenancy import register_lookup

# What the broadcaster has to look at: running ones (steps of series while somebody is due), those
# whose hour has come, and unsettled recipients of those that were paused or stopped while they
# were being sent to. The hour of each customer's own day comes as much earlier as the farthest
# zone, 14 hours before UTC, is ahead of the company's, and one more.
register_lookup(
    name="broadcasts_at_work",
    arguments="",
    returns="table (workspace_id uuid, broadcast_id uuid)",
    body="""
        select b.workspace_id, b.id from marketing_broadcast b
        join workspaces_workspace w on w.id = b.workspace_id
        where (b.status = 'running' and not b.is_rolling)
            or (b.status = 'scheduled' and (b.starts_at is null or b.starts_at <=
                now() + case when b.schedule = 'local' then interval '15 hours'
                    - ((now() at time zone w.time_zone) - (now() at time zone 'utc'))
                    else interval '0' end))
        union
        select b.workspace_id, b.id from marketing_broadcast b
        where b.status = 'running' and b.is_rolling and exists (
            select from marketing_broadcastrecipient r where r.workspace_id = b.workspace_id
                and r.broadcast_id = b.id and r.state = 'queued' and r.variant <> ''
                and r.next_at <= now()
        )
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

# Running series with somebody whose hour has come, or whose segment is to be looked at.
register_lookup(
    name="series_at_work",
    arguments="",
    returns="table (workspace_id uuid, series_id uuid)",
    body="""
        select s.workspace_id, s.id from marketing_series s
        where s.status = 'running' and (
            (s.trigger = 'segment' and (s.looks_at is null or s.looks_at <= now()))
            or exists (
                select from marketing_seriesparticipant p where p.workspace_id = s.workspace_id
                    and p.series_id = s.id and p.state = 'active' and p.due_at <= now()
            )
        )
    """,
)

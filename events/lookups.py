"""What the sweeper asks across workspaces."""

from workspaces.tenancy import register_lookup

register_lookup(
    name="lagging_workspaces",
    arguments="names text[]",
    returns="table (workspace_id uuid)",
    body="""
        select distinct c.workspace_id
        from events_workspacecounter c
        cross join unnest(names) n (name)
        left join events_subscriptioncursor s
            on s.workspace_id = c.workspace_id and s.name = n.name
        where c.seq > coalesce(s.seq, 0) and (s.retry_at is null or s.retry_at <= now())
    """,
)

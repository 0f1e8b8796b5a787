"""What the sweeper asks across workspaces."""

from workspaces.tenancy import register_lookup

# `names` and `actions` side by side: what each subscription wants. One that wants nothing of what
# is new is not lagging, until so much is new that looking through it again and again would cost.
register_lookup(
    name="lagging_workspaces",
    arguments="names text[], actions text[]",
    returns="table (workspace_id uuid)",
    body="""
        select distinct c.workspace_id
        from events_workspacecounter c
        cross join (select distinct name from unnest(names) n (name)) n
        left join events_subscriptioncursor s
            on s.workspace_id = c.workspace_id and s.name = n.name
        where c.seq > coalesce(s.seq, 0) and (s.retry_at is null or s.retry_at <= now())
            and (c.seq > coalesce(s.seq, 0) + 1000 or exists (
                select from events_event e
                where e.workspace_id = c.workspace_id and e.seq > coalesce(s.seq, 0)
                    and (n.name, e.action) in (select * from unnest(names, actions))
            ))
    """,
)

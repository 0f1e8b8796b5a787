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
        cross join (
            select w.name, array_agg(w.action) as actions
            from unnest(names, actions) w (name, action) group by w.name
        ) n
        left join events_subscriptioncursor s
            on s.workspace_id = c.workspace_id and s.name = n.name
        where c.seq > coalesce(s.seq, 0) and (s.retry_at is null or s.retry_at <= now())
            and (c.seq > coalesce(s.seq, 0) + 1000 or exists (
                select from events_event e
                where e.workspace_id = c.workspace_id and e.seq > coalesce(s.seq, 0)
                    and e.action = any(n.actions)
            ))
    """,
)

register_lookup(
    name="due_letters",
    arguments="most integer",
    returns="table (workspace_id uuid, membership_id uuid)",
    body="""
        select n.workspace_id, n.membership_id from events_notification n
        where n.email_due_at is not null and n.email_due_at <= clock_timestamp()
        group by n.workspace_id, n.membership_id
        order by min(n.email_due_at) limit most
    """,
)

register_lookup(
    name="workspaces_with_old_notifications",
    arguments="older_than interval",
    returns="table (workspace_id uuid)",
    body="""
        select distinct n.workspace_id from events_notification n
        where n.at < now() - older_than
    """,
)

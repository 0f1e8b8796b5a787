"""What the sweeper asks across workspaces."""

from workspaces.tenancy import register_lookup

register_lookup(
    name="workspaces_with_dirty_buckets",
    arguments="",
    returns="table (workspace_id uuid)",
    body="""
        select distinct d.workspace_id from analytics_dirtybucket d
        union
        select s.workspace_id from analytics_rollupstate s
        join workspaces_workspace w on w.id = s.workspace_id
        where w.time_zone <> s.time_zone
    """,
)

register_lookup(
    name="due_ad_accounts",
    arguments="",
    returns="table (workspace_id uuid, account_id uuid)",
    body="""
        select a.workspace_id, a.id from analytics_adaccount a
        where a.next_fetch_at is not null and a.next_fetch_at <= clock_timestamp()
        order by a.next_fetch_at
    """,
)

register_lookup(
    name="workspaces_with_alerts",
    arguments="",
    returns="table (workspace_id uuid)",
    body="select distinct a.workspace_id from analytics_metricalert a",
)

register_lookup(
    name="due_report_deliveries",
    arguments="most integer",
    returns="table (workspace_id uuid, delivery_id uuid)",
    body="""
        select d.workspace_id, d.id from analytics_reportdelivery d
        where d.next_at is not null and d.next_at <= clock_timestamp()
        order by d.next_at limit most
    """,
)

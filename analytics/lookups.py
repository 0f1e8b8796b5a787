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

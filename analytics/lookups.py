"""What the sweeper asks across workspaces."""

from analytics.rollups.cubes import LAYOUT
from workspaces.tenancy import register_lookup

register_lookup(
    name="workspaces_with_dirty_buckets",
    arguments="",
    returns="table (workspace_id uuid)",
    body=f"""
        select distinct d.workspace_id from analytics_dirtybucket d
        union
        select s.workspace_id from analytics_rollupstate s
        join workspaces_workspace w on w.id = s.workspace_id
        where w.time_zone <> s.time_zone or s.layout <> {LAYOUT}
    """,  # noqa: S608
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

register_lookup(
    name="due_report_letters",
    arguments="most integer",
    returns="table (workspace_id uuid, letter_id uuid)",
    body="""
        select l.workspace_id, l.id from analytics_reportletter l
        where l.state in ('waiting', 'sending') and l.next_at <= clock_timestamp()
        order by l.next_at limit most
    """,
)

# From six in the morning of a Monday, where the company is, the week before is over and told of;
# not the weeks before the company was here.
register_lookup(
    name="weeks_without_digest",
    arguments="",
    returns="table (workspace_id uuid, week date)",
    body="""
        select w.id, local.week
        from workspaces_workspace w
        cross join lateral (
            select (date_trunc('week', (clock_timestamp() - interval '6 hours')
                at time zone w.time_zone) - interval '7 days')::date as week
        ) local
        where w.created_at at time zone w.time_zone < local.week + 7 and not exists (
            select from analytics_weeklydigest d
            where d.workspace_id = w.id and d.week = local.week
        ) and (
            exists (select from crm_deal d where d.workspace_id = w.id)
            or exists (select from inbox_conversation c where c.workspace_id = w.id)
        )
    """,
)

register_lookup(
    name="due_decisions",
    arguments="",
    returns="table (workspace_id uuid, decision_id uuid)",
    body="""
        select d.workspace_id, d.id
        from analytics_decision d join workspaces_workspace w on w.id = d.workspace_id
        where d.state = 'open' and d.due_on < (clock_timestamp() at time zone w.time_zone)::date
        order by d.due_on
    """,
)

register_lookup(
    name="due_conversions",
    arguments="",
    returns="table (workspace_id uuid, target_id uuid)",
    body="""
        select distinct c.workspace_id, c.target_id
        from analytics_conversion c
        join analytics_conversiontarget t
            on t.workspace_id = c.workspace_id and t.id = c.target_id
        where c.state = 'waiting' and not t.is_paused
            and (t.next_at is null or t.next_at <= clock_timestamp())
    """,
)

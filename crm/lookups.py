"""What the sweepers of sales ask across workspaces."""

from workspaces.tenancy import register_lookup

register_lookup(
    name="due_refusals",
    arguments="most integer",
    returns="table (workspace_id uuid, refusal_id uuid)",
    body="""
        select r.workspace_id, r.id from crm_leadrefusal r
        where r.state = 'waiting' and r.answer_due_at <= now()
        order by r.answer_due_at limit most
    """,
)

register_lookup(
    name="due_reminders",
    arguments="most integer",
    returns="table (workspace_id uuid, task_id uuid)",
    body="""
        select t.workspace_id, t.id from crm_task t
        where t.done_at is null and t.reminded_at is null and t.remind_at is not null
            and t.remind_at <= now()
        order by t.remind_at limit most
    """,
)

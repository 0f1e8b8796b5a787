"""What must be found before a workspace is known."""

from workspaces.tenancy import register_lookup

register_lookup(
    name="memberships_of_user",
    arguments="wanted uuid",
    returns="table (workspace_id uuid, membership_id uuid)",
    body="""
        select m.workspace_id, m.id from workspaces_membership m
        where m.user_id = wanted and m.is_active
    """,
)

register_lookup(
    name="membership_at",
    arguments="who uuid, address text",
    returns="table (workspace_id uuid, membership_id uuid)",
    body="""
        select m.workspace_id, m.id from workspaces_workspace w
        join workspaces_membership m on m.workspace_id = w.id
        where w.slug = address and m.user_id = who and m.is_active
    """,
)

register_lookup(
    name="api_token_by_hash",
    arguments="wanted text",
    returns="table (workspace_id uuid, token_id uuid)",
    body="select t.workspace_id, t.id from workspaces_apitoken t where t.secret_hash = wanted",
)

register_lookup(
    name="invitation_by_hash",
    arguments="wanted text",
    returns="table (workspace_id uuid, invitation_id uuid)",
    body="""
        select i.workspace_id, i.id from workspaces_invitation i
        where i.token_hash = wanted and wanted <> ''
    """,
)

register_lookup(
    name="workspaces_with_old_keys",
    arguments="older_than interval",
    returns="table (workspace_id uuid)",
    body="""
        select distinct k.workspace_id from workspaces_idempotencykey k
        where k.created_at < now() - older_than
    """,
)

"""Derives from the models what keeps workspaces apart in PostgreSQL. Run by `migrate`, as owner.

For every model with a `workspace`: the primary key becomes (id, workspace_id), foreign keys
between such tables become composite, row-level security is enabled and forced. The policy uses
`current_setting` plainly: inside a sub-select its value would be unknown to the planner, which
then misjudges every join (313 ms instead of 3 for a conversation list of a million).
Idempotent: what is already so is left alone.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.utils import CursorWrapper

from core.postgresql.roles import APP_ROLE, SYSTEM_ROLE

IN_SCOPE = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
POLICY = "workspace"
SYSTEM_POLICY = "system"
ANY_INSERT_POLICY = "any_insert"


@dataclass(frozen=True)
class Lookup:
    """A question that is asked before a workspace is known, as a SECURITY DEFINER function."""

    name: str
    arguments: str
    returns: str
    body: str
    changes: bool = False

    @property
    def signature(self) -> str:
        return f"{self.name}({self.arguments})"


_lookups: dict[str, Lookup] = {}


def register_lookup(
    *, name: str, arguments: str, returns: str, body: str, changes: bool = False
) -> None:
    """Declare a function that may see all workspaces. It should return ids and little else.

    One that `changes` rows writes what belongs to no company's business, such as leases.
    """
    _lookups[name] = Lookup(name, arguments, returns, body, changes)


def lookups() -> list[Lookup]:
    """Every declared function, by name."""
    return [_lookups[name] for name in sorted(_lookups)]


def tenant_models() -> list[type[models.Model]]:
    """Every stored model that has a `workspace`, automatic through tables included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and any(field.name == "workspace" for field in model._meta.fields)
    ]


def global_models() -> list[type[models.Model]]:
    """Every stored model that belongs to no workspace."""
    tenant = set(tenant_models())
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model not in tenant
    ]


def ensure_roles(cursor: CursorWrapper) -> None:
    """Create the two roles nobody logs in as, and let the owner act as them.

    Roles belong to the whole server: databases that are migrated at the same time race for them,
    and whoever comes second finds them made.
    """
    for role in (APP_ROLE, SYSTEM_ROLE):
        cursor.execute("select 1 from pg_roles where rolname = %s", [role])
        if cursor.fetchone() is None:
            _unless_made(cursor, f"create role {role} nologin nosuperuser nobypassrls")
        cursor.execute(
            "select pg_has_role(current_user, %s, 'SET')"
            if _version(cursor) >= 160000
            else "select pg_has_role(current_user, %s, 'MEMBER')",
            [role],
        )
        if not cursor.fetchone()[0]:
            _unless_made(cursor, f"grant {role} to current_user")
    cursor.execute("select current_schema()")
    schema = cursor.fetchone()[0]
    cursor.execute(f'grant usage on schema "{schema}" to {APP_ROLE}')
    cursor.execute(f'grant usage, create on schema "{schema}" to {SYSTEM_ROLE}')


def _unless_made(cursor: CursorWrapper, statement: str) -> None:
    cursor.execute(
        f"do $do$ begin {statement};"
        " exception when duplicate_object or unique_violation then null; end $do$"
    )


def _version(cursor: CursorWrapper) -> int:
    cursor.execute("show server_version_num")
    return int(cursor.fetchone()[0])


def derive(cursor: CursorWrapper) -> None:
    """Bring keys, policies, lookup functions and grants in line with the models."""
    tables = tenant_models()
    for model in tables:
        _composite_primary_key(cursor, model)
    for model in tables:
        _composite_foreign_keys(cursor, model)
        _row_level_security(cursor, model)
    _grants(cursor)
    for lookup in lookups():
        _create_lookup(cursor, lookup)


def foreign_key_name(table: str, column: str) -> str:
    return f"{table}_{column}_workspace_fk"[-63:]


def _composite_primary_key(cursor: CursorWrapper, model: type[models.Model]) -> None:
    table, key = model._meta.db_table, model._meta.pk
    if key is None or key.column == "workspace_id":
        return
    cursor.execute(
        "select conname, pg_get_constraintdef(oid) from pg_constraint"
        " where conrelid = %s::regclass and contype = 'p'",
        [table],
    )
    name, definition = cursor.fetchone()
    if definition == "PRIMARY KEY (id, workspace_id)":
        return
    cursor.execute(
        f'alter table "{table}" drop constraint "{name}" cascade,'
        " add primary key (id, workspace_id)"
    )


def tenant_references(model: type[models.Model]) -> list[tuple[str, str]]:
    """(column, referenced table) of each foreign key to another tenant table."""
    tenant = set(tenant_models())
    return [
        (str(field.column), field.remote_field.model._meta.db_table)
        for field in model._meta.concrete_fields
        if field.remote_field and field.remote_field.model in tenant
    ]


def _composite_foreign_keys(cursor: CursorWrapper, model: type[models.Model]) -> None:
    table = model._meta.db_table
    for column, referenced in tenant_references(model):
        name = foreign_key_name(table, column)
        cursor.execute(
            "select 1 from pg_constraint where conrelid = %s::regclass and conname = %s",
            [table, name],
        )
        if cursor.fetchone() is None:
            cursor.execute(
                f'alter table "{table}" add constraint "{name}"'
                f' foreign key ("{column}", workspace_id)'
                f' references "{referenced}" (id, workspace_id) deferrable initially deferred'
            )


def _row_level_security(cursor: CursorWrapper, model: type[models.Model]) -> None:
    table = model._meta.db_table
    cursor.execute(f'alter table "{table}" enable row level security, force row level security')
    policies: dict[str, str] = {
        POLICY: f"to {APP_ROLE} using ({IN_SCOPE}) with check ({IN_SCOPE})",
        SYSTEM_POLICY: f"to {SYSTEM_ROLE} using (true) with check (true)",
    }
    if getattr(model, "any_workspace_may_be_inserted", False):
        policies[ANY_INSERT_POLICY] = f"for insert to {APP_ROLE} with check (true)"
    for name, rule in policies.items():
        cursor.execute(f'drop policy if exists {name} on "{table}"')
        cursor.execute(f'create policy {name} on "{table}" {rule}')


def _grants(cursor: CursorWrapper) -> None:
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed:
            continue
        rights = getattr(model, "app_rights", "select, insert, update, delete")
        table = model._meta.db_table
        cursor.execute(f'revoke all on "{table}" from {APP_ROLE}')
        cursor.execute(f'grant {rights} on "{table}" to {APP_ROLE}')
        if "workspace_id" in {field.column for field in model._meta.concrete_fields} or not (
            model._meta.app_label.startswith("auth")
        ):
            cursor.execute(f'grant select, insert, update, delete on "{table}" to {SYSTEM_ROLE}')
        if _version(cursor) >= 170000:
            cursor.execute(f'grant maintain on "{table}" to {APP_ROLE}')
    cursor.execute("select current_schema()")
    schema = cursor.fetchone()[0]
    cursor.execute(f'grant usage, select on all sequences in schema "{schema}" to {APP_ROLE}')
    cursor.execute(f'grant select on "django_migrations" to {APP_ROLE}')


def _create_lookup(cursor: CursorWrapper, lookup: Lookup) -> None:
    cursor.execute("select current_schema()")
    schema = cursor.fetchone()[0]
    types = ", ".join(part.split()[-1] for part in lookup.arguments.split(",") if part.strip())
    # Whatever arguments an earlier version took.
    cursor.execute(
        "select p.oid::regprocedure::text from pg_proc p join pg_namespace n"
        " on n.oid = p.pronamespace where p.proname = %s and n.nspname = %s",
        [lookup.name, schema],
    )
    for (signature,) in cursor.fetchall():
        cursor.execute(f"drop function {signature}")
    effect = "volatile" if lookup.changes else "stable"
    statement: Any = (
        f"create function {lookup.signature} returns {lookup.returns}"
        f" language sql {effect} security definer set search_path = {schema}, pg_temp"
        f" as $lookup$ {lookup.body} $lookup$"
    )
    cursor.execute(statement)
    cursor.execute(f"alter function {lookup.name}({types}) owner to {SYSTEM_ROLE}")
    cursor.execute(f"revoke all on function {lookup.name}({types}) from public")
    cursor.execute(f"grant execute on function {lookup.name}({types}) to {APP_ROLE}")

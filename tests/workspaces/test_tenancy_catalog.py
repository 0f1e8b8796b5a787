"""The catalog proves, for every table, that one workspace cannot reach another's rows."""

import pytest
from django.db import IntegrityError, connection

from core.postgresql.roles import APP_ROLE, SYSTEM_ROLE
from tests.cast import make_channel, make_conversation
from workspaces import tenancy

pytestmark = pytest.mark.django_db

TENANT_TABLES = [model._meta.db_table for model in tenancy.tenant_models()]
GLOBAL_TABLES = {
    "account_emailaddress",
    "account_emailconfirmation",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_session",
    "mfa_authenticator",
    "usersessions_usersession",
    "workspaces_user",
    "workspaces_workspace",
}


def ask(query: str, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def test_every_table_is_a_workspaces_or_on_the_list_of_global_ones():
    tables = {row[0] for row in ask("select tablename from pg_tables where schemaname = 'public'")}
    assert tables - set(TENANT_TABLES) - GLOBAL_TABLES == {"django_migrations"}


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_row_level_security_is_forced_and_checks_both_ways(table):
    [(enabled, forced)] = ask(
        "select relrowsecurity, relforcerowsecurity from pg_class where oid = %s::regclass", table
    )
    assert enabled
    assert forced
    policies = {
        name: (command, using, check)
        for name, command, using, check in ask(
            "select policyname, cmd, qual, with_check from pg_policies"
            " where tablename = %s and %s = any(roles)",
            table,
            APP_ROLE,
        )
    }
    command, using, check = policies.pop(tenancy.POLICY)
    assert command == "ALL"
    assert using == check
    assert "app.workspace_id" in using
    assert "SELECT" not in using.upper().replace("CURRENT_SETTING", "")
    assert all(
        command == "INSERT" and using is None for command, using, _check in policies.values()
    )


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_keys_include_the_workspace(table):
    constraints = ask(
        "select conname, contype, pg_get_constraintdef(oid) from pg_constraint"
        " where conrelid = %s::regclass and contype in ('p', 'f')",
        table,
    )
    for name, kind, definition in constraints:
        if kind == "p":
            assert definition == "PRIMARY KEY (id, workspace_id)", name
        elif any(f"REFERENCES {other}(" in definition for other in TENANT_TABLES):
            assert "workspace_id) REFERENCES" in definition, name
            assert "(id, workspace_id)" in definition, name
    uniques = ask(
        "select indexdef from pg_indexes where tablename = %s and indexdef like %s",
        table,
        "CREATE UNIQUE%",
    )
    assert all("workspace_id" in definition for (definition,) in uniques)


def test_every_reference_between_tenant_tables_has_its_composite_key():
    for model in tenancy.tenant_models():
        table = model._meta.db_table
        for column, referenced in tenancy.tenant_references(model):
            [(definition,)] = ask(
                "select pg_get_constraintdef(oid) from pg_constraint"
                " where conrelid = %s::regclass and conname = %s",
                table,
                tenancy.foreign_key_name(table, column),
            )
            assert f"({column}, workspace_id) REFERENCES {referenced}" in definition


def test_the_application_owns_nothing_and_cannot_step_over_the_fence():
    assert ask("select current_user") == [(APP_ROLE,)]
    rows = ask(
        "select rolname, rolsuper, rolbypassrls, rolcanlogin from pg_roles where rolname = any(%s)",
        [APP_ROLE, SYSTEM_ROLE],
    )
    assert sorted(rows) == [
        (APP_ROLE, False, False, False),
        (SYSTEM_ROLE, False, False, False),
    ]
    assert ask("select relname from pg_class where pg_get_userbyid(relowner) = %s", APP_ROLE) == []
    assert not ask(
        "select 1 from information_schema.role_table_grants"
        " where grantee = %s and privilege_type = 'TRUNCATE'",
        APP_ROLE,
    )


def test_functions_that_look_across_workspaces_are_the_declared_ones():
    rows = ask(
        "select proname, proconfig, pg_get_userbyid(proowner) from pg_proc p"
        " join pg_namespace n on n.oid = p.pronamespace"
        " where prosecdef and nspname = 'public'"
    )
    assert {name for name, _, _ in rows} == {lookup.name for lookup in tenancy.lookups()}
    for _name, configuration, owner in rows:
        assert owner == SYSTEM_ROLE
        assert any(setting.startswith("search_path=") for setting in configuration)


def test_no_view_shows_rows_past_the_fence():
    views = ask("select viewname from pg_views where schemaname = 'public'")
    assert [name for (name,) in views if not name.startswith("pg_stat_statements")] == []
    assert ask("select matviewname from pg_matviews where schemaname = 'public'") == []


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_raw_sql_without_a_workspace_sees_nothing(table, acme, rival):
    assert ask(f'select count(*) from "{table}"') == [(0,)]


def test_raw_sql_in_one_workspace_cannot_touch_another(acme, rival):
    with acme.scope():
        conversation = make_conversation(make_channel())
    with rival.scope():
        for table, key in (
            ("inbox_conversation", conversation.pk),
            ("workspaces_membership", acme.anna.pk),
        ):
            assert ask(f'select 1 from "{table}" where id = %s', key) == []
            with connection.cursor() as cursor:
                cursor.execute(f'delete from "{table}" where id = %s', [key])
                assert cursor.rowcount == 0
                cursor.execute(
                    f'update "{table}" set workspace_id = %s where id = %s',
                    [rival.workspace.id, key],
                )
                assert cursor.rowcount == 0


def test_a_row_cannot_point_into_another_workspace(acme, rival):
    with acme.scope():
        conversation = make_conversation(make_channel())
    with pytest.raises(IntegrityError), rival.scope():
        mine = make_conversation(make_channel())
        mine.contact_id = conversation.contact_id
        mine.save()
        connection.check_constraints()

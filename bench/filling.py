"""Many rows at once: inserted by the database from a query, indexes made afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

INDEXES = """
select i.indexdef, format('%%I', i.indexname) from pg_indexes i
where i.schemaname = 'public' and i.tablename = any(%s) and not exists (
    select from pg_constraint c
    where c.conindid = format('%%I.%%I', i.schemaname, i.indexname)::regclass)
"""


def insert(model: Any, source: str, values: Mapping[str, Any], /, **columns: str) -> int:
    """Insert a row for each of `source`, the end of a query from its `from` on.

    `columns` are SQL over it; others get the model's default. Returns how many rows there were.
    """
    from django.db import connection

    from workspaces.scope import current_workspace_id

    parameters = {**values, "workspace": current_workspace_id()}
    written = {"id": "uuidv7()", "created_at": "now()", "workspace_id": "%(workspace)s", **columns}
    for field in model._meta.concrete_fields:
        if field.column in written or field.null or field.has_db_default():
            continue
        parameters[f"default_{field.column}"] = field.get_db_prep_save(
            field.get_default(), connection
        )
        is_now = getattr(field, "auto_now", False)
        written[field.column] = "now()" if is_now else f"%(default_{field.column})s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into {model._meta.db_table} ({', '.join(written)})"
            f" select {', '.join(written.values())} {source}",
            parameters,
        )
        return cursor.rowcount


@contextmanager
def indexes_made_afterwards(*models: Any) -> Iterator[None]:
    """Within this block the tables have no indexes but those of their constraints.

    Row by row into a trigram index would take most of the time. At the end all is analysed.
    """
    from django.db import connection

    from core.postgresql.roles import owner_connections

    tables = [model._meta.db_table for model in models]
    with owner_connections(), connection.cursor() as cursor:
        cursor.execute(INDEXES, [tables])
        indexes = cursor.fetchall()
        for _, name in indexes:
            cursor.execute(f"drop index {name}")
    yield
    with owner_connections(), connection.cursor() as cursor:
        cursor.execute("set maintenance_work_mem = '512MB'")
        for definition, _ in indexes:
            cursor.execute(definition)
        cursor.execute("vacuum analyze")

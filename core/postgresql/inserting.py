"""Rows by the thousand: arrays of their columns in one statement, and no object for each."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg
from django.db import connection

from core.postgresql.arrays import Array

# What comes as text.
_CAST: Final = frozenset({"date", "jsonb"})


def insert_columns(
    model: Any, workspace_id: Any, columns: Mapping[str, Array], *, ignore_conflicts: bool = False
) -> None:
    """Insert rows of a workspace, given by columns of one length, `id` among them.

    They are created now; other columns need a default in the database. Days and JSON come as text.
    """
    kinds = {field.column: field.db_type(connection) for field in model._meta.concrete_fields}
    chosen = [
        f"u.{name}::{kinds[name]}" if kinds[name] in _CAST else f"u.{name}" for name in columns
    ]
    names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    execute(
        f"insert into {model._meta.db_table} (created_at, workspace_id, {names})"  # noqa: S608  its
        f" select now(), %s, {', '.join(chosen)} from unnest({places}) u ({names})"
        + " on conflict do nothing"
        * ignore_conflicts,
        [workspace_id, *columns.values()],
    )


def execute(query: str, values: Sequence[Any]) -> None:
    """With parameters on their own: packed arrays are no literals, as Django would make of them."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(query, values)

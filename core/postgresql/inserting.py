"""Rows by the thousand: arrays of their columns in one statement, and no object for each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import orjson
import psycopg
from django.db import connection
from django.db.models.expressions import DatabaseDefault

from core.postgresql.arrays import Array, booleans, integers, moments, texts, uuids

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


def insert_new(rows: Sequence[Any]) -> None:
    """Insert new rows of one model, complete but for defaults that the database computes."""
    if not rows:
        return
    model = type(rows[0])
    columns, chosen = {}, []
    for field in model._meta.concrete_fields:
        values = [_plain(field, field.pre_save(row, add=True)) for row in rows]
        if DatabaseDefault in map(type, values):
            continue
        kind = str(field.db_type(connection))
        columns[field.column] = _pack(kind, values)
        chosen.append(f"u.{field.column}::{kind}")
    names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    execute(
        f"insert into {model._meta.db_table} ({names})"  # noqa: S608  the model's own names
        f" select {', '.join(chosen)} from unnest({places}) u ({names})",
        [*columns.values()],
    )


_PACKERS: Final[Mapping[str, Callable[[Sequence[Any]], Array]]] = {
    "uuid": uuids,
    "timestamp with time zone": moments,
    "boolean": booleans,
    "integer": integers,
    "bigint": integers,
    "jsonb": lambda values: texts(
        [None if value is None else orjson.dumps(value).decode() for value in values]
    ),
}


def _pack(kind: str, values: Sequence[Any]) -> Array:
    if kind.endswith("[]"):
        return texts([f"{{{','.join(map(_quoted, value))}}}" for value in values])
    if kind in _PACKERS:
        return _PACKERS[kind](values)
    return texts([None if value is None else str(value) for value in values])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _plain(field: Any, value: Any) -> Any:
    """A default that the database would fill in is written out, where it is a mere value."""
    is_left = isinstance(value, DatabaseDefault)
    return field.db_default if is_left and not hasattr(field.db_default, "as_sql") else value


def select(query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a query with packed arrays among its parameters."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(query, values).fetchall()


def execute(query: str, values: Sequence[Any]) -> None:
    """With parameters on their own: packed arrays are no literals, as Django would make of them."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(query, values)

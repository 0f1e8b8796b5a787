"""Two rows turn out to be one: whatever refers to the one is made to refer to the other.

For writers over raw psycopg. What refers to a row is asked of the models, so that a package further
up is found without being imported.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection as django_connection
from django.db import models
from django.db.models.sql import Query
from psycopg import Connection

Statement = tuple[str, list[Any]]


def repoint(
    connection: Connection[Any],
    model: type[models.Model],
    workspace_id: UUID,
    *,
    absorbed: UUID,
    kept: UUID,
) -> None:
    """Point every reference to the row `absorbed` at the row `kept`.

    Where a table allows one row for each (a label on a contact), a double of what `kept` has is
    deleted. The connection is in a transaction with the workspace set.
    """
    for reference in references(model):
        table, column = reference.model._meta.db_table, reference.column
        for others, condition, values in _uniques(reference):
            at_row = f"workspace_id = %s and {column} = %s{condition}"
            double = f"exists (select from {table} where {at_row})"
            if others:
                names = ", ".join(others)
                double = f"({names}) in (select {names} from {table} where {at_row})"  # noqa: S608
            connection.execute(
                f"delete from {table} where {at_row} and {double}",  # noqa: S608
                [workspace_id, absorbed, *values, workspace_id, kept, *values],
            )
        connection.execute(
            f"update {table} set {column} = %s where workspace_id = %s and {column} = %s",  # noqa: S608
            [kept, workspace_id, absorbed],
        )


def references(model: type[models.Model]) -> list[Any]:
    """The foreign keys that lead to a model, hidden ones too."""
    relations: list[Any] = list(model._meta.get_fields(include_hidden=True))
    return [
        relation.field
        for relation in relations
        if relation.auto_created and (relation.one_to_many or relation.one_to_one)
    ]


def _uniques(reference: Any) -> Iterator[tuple[list[str], str, list[Any]]]:
    """(other columns, condition, its values) of each rule by which two rows may be doubles."""
    if reference.unique:
        yield [], "", []
    options = reference.model._meta
    for constraint in options.constraints:
        if not isinstance(constraint, models.UniqueConstraint):
            continue
        if reference.name not in constraint.fields:
            continue
        others = [
            str(options.get_field(name).column)
            for name in constraint.fields
            if name not in {reference.name, "workspace"}
        ]
        condition, values = _condition(reference.model, constraint.condition)
        yield others, condition, values


def _condition(model: type[models.Model], condition: models.Q | None) -> tuple[str, list[Any]]:
    if condition is None:
        return "", []
    query = Query(model=model, alias_cols=False)
    where = query.build_where(condition)
    compiler = query.get_compiler(connection=django_connection)
    sql, values = where.as_sql(compiler, django_connection)
    return f" and ({sql})", list(values)

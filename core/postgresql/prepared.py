"""Statements that run many times, on the ORM's own connection and in its transaction.

Their values travel apart from them, in binary: the server plans a statement once for each
connection, where the ORM's come as new text each time. See `core.postgresql.arrays` for arrays.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg import Cursor

# A statement is prepared from its third run on.
_PREPARED_AFTER = 2


def run(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement of ours with named values; returns its rows. Raises Django's errors."""
    with connection.wrap_database_errors:
        connection.ensure_connection()
        own = connection.connection
        own.prepare_threshold = _PREPARED_AFTER
        with Cursor(own) as cursor:
            cursor.execute(statement, values, binary=True)
            return cursor.fetchall() if cursor.description else []

"""Moments out of PostgreSQL, read quickly.

psycopg's own reader for Django takes a text apart by a regular expression: 5 µs for each, 2 ms for
a page of cards, where Python's `fromisoformat` takes 0.2.
"""

from datetime import UTC, datetime

from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from psycopg.abc import Buffer


class MomentLoader(BaseTzLoader):  # type: ignore[misc]
    """Of connections in UTC; a text of another zone keeps its offset."""

    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:
            # Infinity and what is before Christ: psycopg has words for them.
            found: datetime = super().load(data)
            return found

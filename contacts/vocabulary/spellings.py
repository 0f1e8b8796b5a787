"""Words whatever their case, without a function of the column.

`upper()` is not leakproof, so an index on it cannot be used under row-level security. Where a
column has few words, its own index tells how a word is spelt in it, and equality finds the rows.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.db import connection

from workspaces.scope import current_workspace_id

# A hop costs some 10 µs.
MOST_WORDS: Final = 1_000

# From each word to the next one along the index, which never lets it read a word twice.
_HOPS: Final = """
    with recursive hops (word, number) as (
        (select {column}, 1 from {table}
         where workspace_id = %(workspace)s and {column} > '' order by {column} limit 1)
        union all
        select (select t.{column} from {table} t
                where t.workspace_id = %(workspace)s and t.{column} > hops.word
                order by t.{column} limit 1), number + 1
        from hops where word is not null and number <= %(most)s
    )
    select word, number from hops where number > %(most)s
        or upper(word) in (select upper(asked) from unnest(%(asked)s::text[]) asked)
"""


def spellings(model: Any, column: str, asked: Iterable[str]) -> list[str] | None:
    """How the workspace's rows spell these words; None where there are too many to look through.

    The model needs an index on (workspace, column).
    """
    statement = _HOPS.format(table=model._meta.db_table, column=column)
    values: dict[str, Any] = {
        "workspace": current_workspace_id(),
        "most": MOST_WORDS,
        "asked": list(asked),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    if any(word is not None and number > MOST_WORDS for word, number in rows):
        return None
    return [word for word, _ in rows if word is not None]

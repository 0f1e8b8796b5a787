"""Filters of words, asked of rollups in ways that PostgreSQL is quick at.

Words are compared in any case. To fold the case of each of a hundred thousand rows takes longer
than to read them. What is spelt as it was asked needs no folding; and how a keyword is spelt in
these rollups is read from an index, by stepping from each to the next, so that it is then looked
up as it stands.
"""

from dataclasses import replace
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from analytics.rollups import state
from core.conditions import Condition, Moments
from core.conditions.nodes import Leaf
from core.conditions.queries import plain
from workspaces.scope import current_scope, current_workspace_id

KEYWORD: Final = "term"
_NEXT: Final = """
    select r.term from analytics_rollup r
    where r.workspace_id = %(workspace)s and r.version = %(version)s and r.term <> ''
        and r.term > {} order by r.term limit 1
"""
_SPELLINGS: Final = f"""
    with recursive words (term) as (
        ({_NEXT.format("''")})
        union all
        select ({_NEXT.format("words.term")}) from words where words.term is not null
    )
    select term from words where upper(term) in (select upper(unnest(%(asked)s::text[])))
"""  # noqa: S608  columns of ours


def quick(condition: Condition) -> Condition:
    """The same, to be asked of rollups."""
    return Condition(
        [_quick(part) for part in condition.every],
        [_quick(part) for part in condition.some],
        None if condition.none is None else _quick(condition.none),
    )


def _quick(part: Condition | Leaf) -> Condition | Leaf:
    if isinstance(part, Condition):
        return quick(part)
    if part.field.kind != "text":
        return part
    path = part.field.path or part.field.name

    def ask(operator: str, value: Any, moments: Moments) -> Q:
        folded = plain("text", path, operator, value, moments)
        if operator not in {"eq", "in"}:
            return folded
        asked = [value] if operator == "eq" else list(value)
        if path == KEYWORD and all(asked):
            return Q(**{f"{path}__in": of_keywords(asked)})
        return Q(**{f"{path}__in": asked}) | folded

    return replace(part, field=replace(part.field, ask=ask))


def of_keywords(asked: list[str]) -> list[str]:
    """How these are spelt in rollups; read once for all the questions of a page."""
    version = state.current().version
    key = ("spellings", version, *asked)
    memory = current_scope().memory
    if key not in memory:
        with connection.cursor() as cursor:
            values = {"workspace": current_workspace_id(), "version": version, "asked": asked}
            cursor.execute(_SPELLINGS, values)
            memory[key] = [row[0] for row in cursor.fetchall()]
    found: list[str] = memory[key]
    return found

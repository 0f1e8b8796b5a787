"""Settings of PostgreSQL's planner for single queries.

What is asked often is in memory. As the planner comes, a page costs as much as a hundred rows, and
one at random four times that; and it takes the first way to spare memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

# To compile a query, or to call workers, takes longer than most of ours run.
_COMMON: Final = {"jit": "off", "max_parallel_workers_per_gather": "0"}
# Somebody waits for an exact count of very many: half of it on another processor.
_WITH_HELP: Final = {"max_parallel_workers_per_gather": "1"}
# A few rows out of many: by looking each up rather than by making sets of all.
_FOR_PAGES: Final = _COMMON | {
    "work_mem": "'64MB'",
    "seq_page_cost": "0.02",
    "random_page_cost": "0.02",
    "cpu_tuple_cost": "0.03",
    "cpu_operator_cost": "0.001",
}
# The same where a walk along an index ends soon. The planner does not know so of what is asked of
# each row: sets of more than some 13,000 ids, or that take long to make, cost more than they save.
_FOR_WALKS: Final = {"cpu_tuple_cost": "0.12", "work_mem": "'256kB'"}
# All rows: sets of a million ids at once.
_FOR_COUNTS: Final = _COMMON | {"work_mem": "'128MB'", "random_page_cost": "1.1"}


@contextmanager
def planned_for_pages() -> Iterator[None]:
    """Within this block of a transaction, queries are planned to find their first rows soon."""
    with _settings(_FOR_PAGES):
        yield


@contextmanager
def planned_for_walks() -> Iterator[None]:
    """Within such a block, rows of a walk are rather asked one by one."""
    _set(_FOR_WALKS)
    yield
    _set({name: _FOR_PAGES[name] for name in _FOR_WALKS})


@contextmanager
def planned_for_counts() -> Iterator[None]:
    """Within this block of a transaction, queries are planned to go through all of their rows."""
    with _settings(_FOR_COUNTS):
        yield


def plan_for_counts() -> None:
    """The same of all that follows in this transaction."""
    _set(_FOR_COUNTS)


@contextmanager
def planned_for_exact_counts() -> Iterator[None]:
    """The same, and where it is much work a second process takes part in it."""
    with _settings(_FOR_COUNTS | _WITH_HELP):
        yield


@contextmanager
def _settings(values: dict[str, str]) -> Iterator[None]:
    _set(values)
    yield
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"set local {name} = default" for name in values))


def _set(values: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"set local {name} = {value}" for name, value in values.items()))

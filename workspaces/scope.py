"""The workspace in whose name code runs.

`workspace_scope` sets it twice: for Python (the fail-closed managers) and, for this transaction,
in PostgreSQL (row-level security). What must be written last in the transaction, such as the
journal's counter, registers with `before_commit`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import connection, transaction

BeforeCommit = Callable[["Scope"], None]


class WorkspaceMissing(RuntimeError):
    """A tenant table was touched with no workspace in scope."""


class ScopeConflict(RuntimeError):
    """One workspace's scope was opened inside another's."""


class Scope:
    """One workspace, for the length of one transaction.

    `pending` holds what will be written at its end; a nested scope that fails takes back what
    it added. `memory` keeps what was read once and does not change meanwhile.
    """

    def __init__(self, workspace_id: UUID) -> None:
        self.workspace_id = workspace_id
        self.pending: list[Any] = []
        self.memory: dict[str, Any] = {}
        self._before_commit: dict[str, BeforeCommit] = {}

    def before_commit(self, key: str, hook: BeforeCommit) -> None:
        """Run the hook once when the outermost scope ends well; the same key registers once."""
        self._before_commit.setdefault(key, hook)

    def run_before_commit(self) -> None:
        while self._before_commit:
            key = next(iter(self._before_commit))
            self._before_commit.pop(key)(self)


_scope: ContextVar[Scope | None] = ContextVar("workspace_scope", default=None)


def current_scope() -> Scope:
    """The scope in force; raises `WorkspaceMissing` when there is none."""
    scope = _scope.get()
    if scope is None:
        raise WorkspaceMissing("No workspace in scope. Wrap the work in workspace_scope(...).")
    return scope


def current_workspace_id() -> UUID:
    """The id of the workspace in force; raises `WorkspaceMissing` when there is none."""
    return current_scope().workspace_id


@contextmanager
def workspace_scope(workspace_id: UUID) -> Iterator[Scope]:
    """Run a transaction in the name of one workspace.

    A nested scope of the same workspace joins the outer one (as a savepoint); of another
    workspace, raises `ScopeConflict`.
    """
    outer = _scope.get()
    if outer is not None:
        if outer.workspace_id != workspace_id:
            raise ScopeConflict("A scope of another workspace is already open.")
        mark = len(outer.pending)
        try:
            with transaction.atomic():
                yield outer
        except BaseException:
            del outer.pending[mark:]
            raise
        return
    scope = Scope(workspace_id)
    token = _scope.set(scope)
    try:
        with transaction.atomic():
            _set_workspace(str(workspace_id))
            yield scope
            if not connection.needs_rollback:
                scope.run_before_commit()
                if connection.savepoint_ids:
                    # RELEASE SAVEPOINT keeps the setting for the rest of the outer transaction.
                    _set_workspace("")
    finally:
        _scope.reset(token)


def _set_workspace(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.workspace_id', %s, true)", [value])

"""The base of every row that belongs to one workspace."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db import models

from core.models import IdentifiedModel
from core.postgresql.inserting import insert_new
from workspaces.scope import ScopeConflict, current_workspace_id


class TenantQuerySet(models.QuerySet[Any]):
    """A queryset of one workspace's rows."""

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        objs = list(objs)
        for row in objs:
            row.enter_scope()
        return super().bulk_create(objs, *args, **kwargs)


class TenantManager(models.Manager[Any]):
    """Fail-closed: without a workspace in scope, any query raises `WorkspaceMissing`.

    The workspace is also written into the query, though row-level security adds it too: the
    planner and, later, a sharded database choose by the literal.
    """

    use_in_migrations = False
    _queryset_class = TenantQuerySet

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(workspace_id=current_workspace_id())

    def insert_new(self, rows: Sequence[Any]) -> None:
        """Insert thousands of new rows quickly; nothing is read back."""
        for row in rows:
            row.enter_scope()
        insert_new(rows)


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A foreign key between rows of one workspace.

    The constraint in the database is composite, (x_id, workspace_id), and is made by
    `workspaces.tenancy`; Django sees a plain key.
    """

    def __init__(self, to: Any, on_delete: Any = models.CASCADE, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        # An index that nothing reads costs on every insert: ask for one where it is used.
        kwargs.setdefault("db_index", False)
        super().__init__(to, on_delete=on_delete, **kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        if self.db_index:  # type: ignore[attr-defined]
            # Django leaves its own default out, and ours is the other one.
            kwargs["db_index"] = True
        return name, "workspaces.models.tenant.TenantForeignKey", args, kwargs


class TenantModel(IdentifiedModel):
    """A row of one workspace. The workspace comes from the scope and never changes."""

    workspace = models.ForeignKey(
        "workspaces.Workspace", models.CASCADE, db_index=False, related_name="+", editable=False
    )

    objects: ClassVar[Any] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    def enter_scope(self) -> None:
        """Take the workspace in force; raises `ScopeConflict` when the row has another."""
        workspace_id = current_workspace_id()
        current: UUID | None = self.workspace_id
        if current is None:
            self.workspace_id = workspace_id
        elif current != workspace_id:
            raise ScopeConflict("A row of one workspace can't be saved in another's scope.")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.enter_scope()
        super().save(*args, **kwargs)

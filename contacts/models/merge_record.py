from datetime import timedelta
from typing import Any, Final

from django.db import models
from django.utils import timezone

from workspaces.models.tenant import TenantForeignKey, TenantModel

# For so long a merge can be undone.
UNDONE_WITHIN: Final = timedelta(days=30)


class MergeRecord(TenantModel):
    """What a merge of two contacts changed, so that it can be undone.

    `absorbed` names the contact that is gone. `kept_before` and `kept_after` are the columns of the
    other one, `rows` what was deleted, by table, `moved` the ids of what was pointed elsewhere, by
    table and column. All of it is forgotten when undoing is no longer possible.
    """

    kept = TenantForeignKey("contacts.Contact", related_name="+")
    absorbed_id = models.UUIDField()
    absorbed_name = models.CharField(max_length=200, blank=True)
    kept_before: Any = models.JSONField(default=dict)
    kept_after: Any = models.JSONField(default=dict)
    rows: Any = models.JSONField(default=dict)
    moved: Any = models.JSONField(default=dict)
    merged_by = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "kept", "-created_at"], name="merge_of_kept")]

    def __str__(self) -> str:
        return self.absorbed_name or str(self.absorbed_id)

    @property
    def can_be_undone(self) -> bool:
        """Whether it is recent and stands."""
        return self.undone_at is None and self.created_at > timezone.now() - UNDONE_WITHIN

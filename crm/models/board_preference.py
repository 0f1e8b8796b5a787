from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel


class BoardPreference(TenantModel):
    """How a member likes a pipeline's board: which columns are folded, whether empty ones hide.

    `table_columns` are the names of what the list view shows; the usual ones when there is none.
    """

    membership = TenantForeignKey("workspaces.Membership", related_name="+")
    pipeline = TenantForeignKey("crm.Pipeline", related_name="+")
    folded_stages = models.JSONField(default=list)
    hides_empty = models.BooleanField(default=False)
    table_columns = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "membership", "pipeline"], name="board_preference_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pipeline_id}"

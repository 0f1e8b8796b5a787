from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel


class TablePreference(TenantModel):
    """Which columns of a table a member wants, in which order. See `contacts.table.columns`."""

    membership = TenantForeignKey("workspaces.Membership", related_name="+")
    table = models.CharField(max_length=40)
    columns = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "membership", "table"], name="table_preference_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.table}: {', '.join(self.columns)}"

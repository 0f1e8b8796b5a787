from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel


class TaskPreference(TenantModel):
    """How a member wants to be reminded of tasks; without a row, in the app and by e-mail."""

    membership = TenantForeignKey("workspaces.Membership", related_name="+")
    reminds_by_email = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "membership"], name="task_preference_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}"

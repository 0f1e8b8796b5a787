from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel


class ClosedPeriod(TenantModel):
    """The books are closed through a day: what is changed before it later is flagged."""

    until = models.DateField()
    by = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, related_name="+")

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "-until"], name="closed_period_last")]

    def __str__(self) -> str:
        return f"{self.until}"

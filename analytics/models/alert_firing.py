from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel


class AlertFiring(TenantModel):
    """One time that an alert told something: the value, and what it was compared with."""

    alert = TenantForeignKey("analytics.MetricAlert", related_name="firings")
    # Of which day the value is; by the workspace's clock.
    day = models.DateField()
    at = models.DateTimeField()
    condition = models.CharField(max_length=8)
    value = models.DecimalField(max_digits=20, decimal_places=6)
    limit = models.DecimalField(max_digits=20, decimal_places=6)
    # The message to the chat, or why there is none.
    message_id = models.UUIDField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "-at", "-id"], name="alert_firing_newest")]

    def __str__(self) -> str:
        return f"{self.day} {self.value}"

from django.db import models

from workspaces.models.tenant import TenantModel


class SubscriptionCursor(TenantModel):
    """How far one subscription has read one workspace's journal."""

    name = models.CharField(max_length=60)
    seq = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="subscription_cursor_unique")
        ]

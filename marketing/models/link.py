from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel


class BroadcastLink(TenantModel):
    """An address in a broadcast's words, which recipients reach through one of ours."""

    broadcast = TenantForeignKey("marketing.Broadcast", related_name="links")
    number = models.IntegerField()
    url = models.TextField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "broadcast", "number"], name="broadcast_link_unique"
            )
        ]

    def __str__(self) -> str:
        return self.url


class BroadcastClick(TenantModel):
    """How often a recipient followed a link."""

    link = TenantForeignKey(BroadcastLink, related_name="clicks")
    recipient = TenantForeignKey("marketing.BroadcastRecipient", related_name="clicks")
    count = models.IntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "recipient", "link"], name="broadcast_click_unique"
            )
        ]
        indexes = [models.Index(fields=["workspace", "link"], name="broadcast_click_link")]

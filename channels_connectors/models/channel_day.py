from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel


class ChannelDay(TenantModel):
    """What went through a channel on one day of the workspace's time zone.

    Counted from the journal (`inbox.traffic`), so that a page about channels costs the same
    whether ten messages or ten million lie behind it.
    """

    channel = TenantForeignKey("channels_connectors.Channel", related_name="days")
    day = models.DateField()
    received = models.IntegerField(default=0)
    sent = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    last_received_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "channel", "day"], name="channel_day_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.received} + {self.sent}"

from typing import Any, ClassVar

from django.db import models

from channels_connectors.querysets import ChannelNoticeQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class ChannelNotice(TenantModel):
    """What a platform told of the account itself, or of nothing that we know; kept whole.

    See `channels_connectors.types.InboundNotice`. Of each topic the newest are kept; `older_count`
    of the oldest of them tells how many came before and were let go.
    """

    class Level(models.TextChoices):
        INFO = "info"
        WARNING = "warning"
        CRITICAL = "critical"

    channel = TenantForeignKey("channels_connectors.Channel", related_name="notices")
    topic = models.CharField(max_length=60)
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.INFO)
    words = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    older_count = models.IntegerField(default=0, db_default=0)

    objects: ClassVar[Any] = TenantManager.from_queryset(ChannelNoticeQuerySet)()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "channel", "topic", "at"], name="notice_topic")
        ]

    def __str__(self) -> str:
        return self.topic

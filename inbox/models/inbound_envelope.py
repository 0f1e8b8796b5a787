from django.db import models
from django.utils import timezone

from workspaces.models.tenant import TenantForeignKey, TenantModel


class InboundEnvelope(TenantModel):
    """What a platform delivered, raw, as it came. Everything after it can be replayed from it."""

    class State(models.TextChoices):
        NEW = "new"
        DONE = "done"
        PARKED = "parked"

    channel = TenantForeignKey("channels_connectors.Channel")
    dedup_key = models.CharField(max_length=200)
    raw = models.BinaryField()
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    attempts = models.IntegerField(default=0)
    error = models.TextField(blank=True)

    any_workspace_may_be_inserted = True

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "channel", "dedup_key"], name="envelope_unique"
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace", "channel", "id"],
                condition=~models.Q(state="done"),
                name="envelope_waiting",
            )
        ]

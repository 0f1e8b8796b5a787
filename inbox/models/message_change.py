from django.db import models
from django.utils import timezone

from workspaces.models.tenant import TenantForeignKey, TenantModel


class MessageChange(TenantModel):
    """What we want changed on the platform in a message that is there already.

    Queued in the transaction of the agent's wish, carried out under a lease like a send. A change
    can be repeated without harm: a message edited or deleted twice is edited or deleted.
    """

    class Kind(models.TextChoices):
        EDIT = "edit"
        DELETE = "delete"
        REACT = "react"

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        DONE = "done"
        FAILED = "failed"

    message = TenantForeignKey("inbox.Message", related_name="changes")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    text = models.TextField(blank=True)
    entities = models.JSONField(default=list)
    emoji = models.CharField(max_length=40, blank=True)
    author = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    error_class = models.CharField(max_length=20, blank=True)
    error = models.TextField(blank=True)
    queued_at = models.DateTimeField(default=timezone.now)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["workspace", "message", "id"],
                condition=models.Q(status__in=["queued", "sending"]),
                name="message_change_outbox",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"

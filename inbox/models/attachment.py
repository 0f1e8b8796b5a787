from typing import TYPE_CHECKING

from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel

if TYPE_CHECKING:
    from inbox.models.message import Message


class Attachment(TenantModel):
    """A file of a message, kept by us: a platform's address expires and may hold its token."""

    class Status(models.TextChoices):
        PENDING = "pending"
        READY = "ready"
        FAILED = "failed"

    message = TenantForeignKey("inbox.Message", null=True, related_name="attachments")
    uploaded_by = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True)
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=255, blank=True)
    mime = models.CharField(max_length=100, blank=True)
    size = models.BigIntegerField(null=True)
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    duration = models.FloatField(null=True)
    position = models.IntegerField(default=0)
    reference = models.JSONField(default=dict)
    path = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    error = models.TextField(blank=True)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "message"], name="attachment_message"),
            models.Index(
                fields=["workspace", "next_attempt_at"],
                condition=models.Q(status="pending", message__isnull=False),
                name="attachment_pending",
            ),
            models.Index(
                fields=["workspace", "created_at"],
                condition=models.Q(message__isnull=True),
                name="attachment_draft",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.kind

    def claim(self, message: "Message", *, position: int) -> None:
        """Make the draft a part of a message."""
        self.message, self.position = message, position
        self.save(update_fields=["message", "position"])

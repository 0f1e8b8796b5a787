from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from events.querysets import NotificationQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class Notification(TenantModel):
    """Something that a member should know of, in the app and perhaps by e-mail.

    `words` is a sentence of ours in the source language with named places for `data`; see
    `events.notifications`. `topic` joins what tells of one incident. `email_due_at` is when a
    letter may be sent, null when none is wanted or it was.
    """

    class Level(models.TextChoices):
        GOOD = "good"
        INFO = "info"
        WARNING = "warning"
        CRITICAL = "critical"

    membership = TenantForeignKey("workspaces.Membership", related_name="notifications")
    kind = models.CharField(max_length=40)
    topic = models.CharField(max_length=100, blank=True)
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.INFO)
    words = models.TextField()
    data = models.JSONField(default=dict)
    link = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    email_due_at = models.DateTimeField(null=True)
    emailed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(NotificationQuerySet)()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "membership", "-at"], name="notification_list"),
            models.Index(
                fields=["workspace", "membership"],
                condition=models.Q(read_at=None),
                name="notification_unread",
            ),
            models.Index(
                fields=["email_due_at"],
                condition=models.Q(email_due_at__isnull=False),
                name="notification_letter",
            ),
        ]

    def __str__(self) -> str:
        return self.kind

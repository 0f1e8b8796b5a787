from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from events.querysets import EventQuerySet
from workspaces.models.tenant import TenantManager, TenantModel


class Event(TenantModel):
    """One fact. `seq` has no gaps within a workspace, so a reader of `seq > cursor` skips none."""

    seq = models.BigIntegerField()
    action = models.CharField(max_length=60)
    actor_type = models.CharField(max_length=20, blank=True)
    actor_id = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    conversation_id = models.UUIDField(null=True)
    audience = models.JSONField(null=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    app_rights = "select, insert"

    objects: ClassVar[Any] = TenantManager.from_queryset(EventQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "seq"], name="event_seq_unique")
        ]
        indexes = [
            models.Index(
                fields=["workspace", "conversation_id", "seq"],
                name="event_conversation",
                condition=models.Q(conversation_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"

    def as_public(self) -> dict[str, object]:
        """The shape of the public contract."""
        return {
            "seq": self.seq,
            "action": self.action,
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "actor": {"type": self.actor_type, "id": str(self.actor_id) if self.actor_id else None}
            if self.actor_type
            else None,
            "subject": {"type": self.subject_type, "id": str(self.subject_id)},
            "data": self.data,
        }

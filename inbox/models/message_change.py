from django.db import models
from django.utils import timezone

from inbox.models.reaction import OURS
from workspaces.models.tenant import TenantForeignKey, TenantModel


class MessageChange(TenantModel):
    """What we want changed on the platform in a message that is there already.

    Queued in the transaction of the agent's wish, carried out under a lease like a send. A change
    can be repeated without harm: a message edited or deleted twice is edited or deleted.

    Our screens show the message as wished from that moment on; `before` keeps what a refusal
    brings back. The row of a deletion stays to tell who deleted.
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
    before = models.JSONField(default=dict)
    author = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
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

    @property
    def is_pending(self) -> bool:
        return self.status in {self.Status.QUEUED, self.Status.SENDING}

    def undo(self) -> None:
        """Show the message as it was before: the platform did not take the change.

        A later change of the same kind that still waits goes on, and inherits what was before.
        """
        later = (
            MessageChange.objects.filter(message_id=self.message_id, kind=self.kind)
            .filter(status__in=[self.Status.QUEUED, self.Status.SENDING])
            .exclude(pk=self.pk)
            .order_by("id")
            .first()
        )
        if later is not None:
            later.before = self.before
            later.save(update_fields=["before"])
            return
        message = self.message
        if self.kind == self.Kind.REACT:
            message.set_reaction(OURS, self.before["emojis"])
        elif self.kind == self.Kind.DELETE:
            message.deleted_at = None
            message.save(update_fields=["deleted_at"])
        elif message.text == self.text:
            # News from the platform may have told another text meanwhile.
            message.restore(self.before)

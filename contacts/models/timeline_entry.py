from typing import Any

from django.db import models
from django.utils.translation import pgettext_lazy

from workspaces.models.tenant import TenantForeignKey, TenantModel


class TimelineEntry(TenantModel):
    """A place in the story of a contact, with the fact of the journal that tells it.

    Messages are one entry for each spell of a conversation: `incoming` and `outgoing` count them,
    `ends_at` is the time of the last. `audience` is the fact's, see events.audience.
    """

    class Kind(models.TextChoices):
        TOUCH = "touch", pgettext_lazy("story", "Visits and advertisements")
        MESSAGES = "messages", pgettext_lazy("story", "Messages")
        CONVERSATION = "conversation", pgettext_lazy("story", "Conversations")
        DEAL = "deal", pgettext_lazy("story", "Deals")
        MONEY = "money", pgettext_lazy("story", "Money")
        TASK = "task", pgettext_lazy("story", "Tasks")
        CONTACT = "contact", pgettext_lazy("story", "Changes of the contact")
        CONSENT = "consent", pgettext_lazy("story", "Consents")

    contact = TenantForeignKey("contacts.Contact", related_name="timeline")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    seq = models.BigIntegerField()
    conversation_id = models.UUIDField(null=True)
    incoming = models.IntegerField(default=0)
    outgoing = models.IntegerField(default=0)
    ends_at = models.DateTimeField(null=True)
    is_over = models.BooleanField(default=False)
    audience: Any = models.JSONField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            # A batch of the journal that is read again tells nothing twice.
            models.UniqueConstraint(
                fields=["workspace", "seq", "contact"], name="timeline_seq_unique"
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "contact", "-at", "-id"], name="timeline_newest"),
            models.Index(
                fields=["workspace", "conversation_id"],
                name="timeline_spell",
                condition=models.Q(kind="messages", is_over=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.seq}"

from datetime import datetime
from typing import Any, ClassVar, Final

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from marketing.querysets import RecipientQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class State(models.TextChoices):
    """A recipient's way. `leased`: a process looks at it; `sending`: bytes may have left."""

    QUEUED = "queued", pgettext_lazy("recipient", "Waiting")
    LEASED = "leased", pgettext_lazy("recipient", "Next")
    SENDING = "sending", pgettext_lazy("recipient", "Being sent")
    UNKNOWN = "unknown", pgettext_lazy("recipient", "Perhaps sent")
    SENT = "sent", pgettext_lazy("recipient", "Sent")
    FAILED = "failed", pgettext_lazy("recipient", "Not sent")
    DELIVERED = "delivered", pgettext_lazy("recipient", "Delivered")
    READ = "read", pgettext_lazy("recipient", "Read")
    SKIPPED = "skipped", pgettext_lazy("recipient", "Left out")


# Of whom it is still to be told what came of it.
UNSETTLED: Final = frozenset({State.QUEUED, State.LEASED, State.SENDING})


class BroadcastRecipient(TenantModel):
    """One contact of a broadcast's frozen audience; in a series, of one `round` through it.

    The message that they got has the same id, so that whatever a platform tells of one is told of
    the other. `variant` "" waits for the winner. `reason` says why somebody was left out, in words
    of `marketing.reasons`, or what the platform said. `zone` is theirs where the broadcast goes by
    it.
    """

    broadcast = TenantForeignKey("marketing.Broadcast", related_name="recipients")
    contact = TenantForeignKey("contacts.Contact", related_name="broadcasts")
    channel = TenantForeignKey(
        "channels_connectors.Channel", models.SET_NULL, null=True, related_name="+"
    )
    address = models.CharField(max_length=254, blank=True)
    variant = models.CharField(max_length=20, blank=True)
    round = models.IntegerField(default=0, db_default=0)
    zone = models.CharField(max_length=64, blank=True, db_default="")
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=250, blank=True, db_default="")
    error_class = models.CharField(max_length=20, blank=True, db_default="")
    attempts = models.IntegerField(default=0, db_default=0)
    next_at = models.DateTimeField(db_default=Now())
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(RecipientQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "broadcast", "contact", "round"],
                name="recipient_contact_unique",
            ),
            models.UniqueConstraint(
                fields=["workspace", "broadcast", "channel", "address", "round"],
                condition=~models.Q(address=""),
                name="recipient_address_unique",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "broadcast", "channel", "next_at", "id"],
                condition=models.Q(state="queued") & ~models.Q(variant=""),
                name="recipient_due",
            ),
            models.Index(
                fields=["workspace", "broadcast", "lease_until"],
                condition=models.Q(state__in=["leased", "sending"]),
                name="recipient_leases",
            ),
            models.Index(fields=["workspace", "broadcast", "id"], name="recipient_list"),
            models.Index(
                fields=["workspace", "contact", "-sent_at"],
                condition=models.Q(sent_at__isnull=False),
                name="recipient_of_contact",
            ),
            # Few of those who are written to; whoever answered may never have been told sent.
            models.Index(
                fields=["workspace", "contact", "broadcast"],
                condition=models.Q(answered_at__isnull=False),
                name="recipient_answered",
            ),
            models.Index(
                fields=["workspace", "contact", "broadcast"],
                condition=models.Q(clicked_at__isnull=False),
                name="recipient_clicked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.state}"

    @property
    def waits_until(self) -> datetime | None:
        """When their hour comes, where it is still to come; None for who waits for the winner."""
        waits = self.state == State.QUEUED and self.variant and self.next_at > timezone.now()
        return self.next_at if waits else None

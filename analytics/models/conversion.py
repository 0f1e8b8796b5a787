from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.crypto import EncryptedJSONField
from workspaces.models.tenant import TenantForeignKey, TenantModel


class ConversionTarget(TenantModel):
    """A counter of Yandex Metrica that is told what became of the clicks that it has seen.

    `accepted_goal` and `paid_goal` are identifiers of its goals ("JavaScript event", matches);
    without one that kind is not told. The token is never shown again.
    """

    name = models.CharField(max_length=120)
    counter = models.CharField(max_length=20)
    credentials = EncryptedJSONField(default=dict)
    accepted_goal = models.CharField(max_length=100, blank=True)
    paid_goal = models.CharField(max_length=100, blank=True)
    tells_chats = models.BooleanField(default=True)
    is_paused = models.BooleanField(default=False)
    failures = models.IntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    next_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "counter"], name="conversion_target_counter_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Conversion(TenantModel):
    """One thing that a counter is to be told of, once: the row is the queue and the log of it.

    `subject_id` is the deal, or of a chat the conversation. Without an identifier of the visitor
    (`client_id`, `yclid`) nobody could connect it to a click: it is skipped, and shown as such.
    """

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", pgettext_lazy("conversion", "Accepted lead")
        PAID = "paid", pgettext_lazy("conversion", "Paid")
        CHAT = "chat", pgettext_lazy("conversion", "Chat")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("conversion", "Waits")
        SENT = "sent", pgettext_lazy("conversion", "Sent")
        FAILED = "failed", pgettext_lazy("conversion", "Not taken")
        SKIPPED = "skipped", _("No trace of the click")

    target = TenantForeignKey(ConversionTarget, related_name="conversions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject_id = models.UUIDField()
    contact_id = models.UUIDField()
    at = models.DateTimeField()
    client_id = models.CharField(max_length=100, blank=True)
    yclid = models.CharField(max_length=100, blank=True)
    platform = models.CharField(max_length=20, blank=True)
    chat = models.CharField(max_length=200, blank=True)
    value = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    upload = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "target", "kind", "subject_id"], name="conversion_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="conversion_newest"),
            models.Index(
                fields=["workspace", "target", "kind"],
                name="conversion_waiting",
                condition=Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"

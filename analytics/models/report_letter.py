from django.db import models
from django.db.models import Q

from workspaces.models.tenant import TenantForeignKey, TenantModel


class ReportLetter(TenantModel):
    """One copy of a delivery: for a member by e-mail or, without one, for its chat.

    Made with the delivery's next time, so that none is forgotten. `sending` is committed before a
    mail server is told the letter: whoever dies then leaves it `unknown`, and it is not sent
    again. `next_at` is when it is due, and while somebody works on it how long it is theirs.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        UNKNOWN = "unknown"

    delivery = TenantForeignKey("analytics.ReportDelivery", related_name="letters")
    membership = TenantForeignKey("workspaces.Membership", null=True, related_name="+")
    # The time for which it was made.
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    next_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "delivery", "due_at", "membership"],
                nulls_distinct=False,
                name="report_letter_unique",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="report_letter_due",
                condition=Q(state__in=["waiting", "sending"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.due_at} {self.state}"

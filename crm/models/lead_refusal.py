from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from crm.querysets import LeadRefusalQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class LeadRefusal(TenantModel):
    """Sales' word that a lead was none, and what became of it.

    One row for each time a deal is put among the stages "not a lead": the reason and the message
    that shows it are copied from the deal, which forgets them when it is taken back. Marketing
    agrees or contests until `answer_due_at`; silence agrees. What is contested a head decides.
    Each word is kept beside the earlier ones, none is overwritten; the deal's history has them all.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("refusal", "Waits for marketing")
        CONTESTED = "contested", pgettext_lazy("refusal", "Contested")
        AGREED = "agreed", pgettext_lazy("refusal", "Agreed")
        LAPSED = "lapsed", pgettext_lazy("refusal", "Agreed by silence")
        UPHELD = "upheld", pgettext_lazy("refusal", "Upheld")
        OVERTURNED = "overturned", pgettext_lazy("refusal", "Overturned")
        WITHDRAWN = "withdrawn", pgettext_lazy("refusal", "Taken back by sales")

    deal = TenantForeignKey("crm.Deal", related_name="refusals")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = TenantForeignKey(
        "crm.LossReason", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    comment = models.CharField(max_length=500, blank=True)
    evidence = TenantForeignKey(
        "inbox.Message", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Where the deal was, and goes back to when the refusal is overturned.
    origin = TenantForeignKey("crm.Stage", models.SET_NULL, null=True, related_name="+")
    refused_by = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    refused_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    answered_by = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    # Of a silence that lapsed, when the time for an answer was over.
    answered_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    decided_by = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=1000, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(LeadRefusalQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "deal"],
                condition=Q(state__in=["waiting", "contested"]),
                name="lead_refusal_open_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-refused_at", "id"], name="lead_refusal_newest"),
            models.Index(fields=["workspace", "deal"], name="lead_refusal_deal"),
            models.Index(
                fields=["answer_due_at"], name="lead_refusal_due", condition=Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether somebody's word is still missing."""
        return self.state in {self.State.WAITING, self.State.CONTESTED}

    @property
    def is_disputed(self) -> bool:
        return self.state == self.State.CONTESTED


class RefusalRule(TenantModel):
    """How leads are refused in a workspace; without a row, as the defaults have it."""

    # Days that marketing has for an answer; silence agrees.
    answer_days = models.SmallIntegerField(default=3)
    # Whether a refusal takes a reason and, where the lead has a chat, the message that shows it.
    requires_evidence = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace"], name="refusal_rule_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.answer_days} d"

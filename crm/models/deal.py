from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.querysets import DealQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class Deal(TenantModel):
    """A chance to sell something to a contact; a lead at its birth, an order once it is won.

    `source` and what follows it are where the contact came from at the deal's birth, by the touch
    that counts as its own. Amounts are in `currency`, in its main unit.
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("deal", "In work")
        WON = "won", pgettext_lazy("deal", "Won")
        LOST = "lost", pgettext_lazy("deal", "Lost")
        NOT_A_LEAD = "not_a_lead", pgettext_lazy("deal", "Not a lead")

    # Counted for each workspace from 1, see DealNumber.
    number = models.BigIntegerField()
    title = models.CharField(_("Title"), max_length=200, blank=True)
    pipeline = TenantForeignKey("crm.Pipeline", related_name="deals")
    stage = TenantForeignKey("crm.Stage", related_name="deals")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    position = models.CharField(max_length=80, db_collation="C")
    stage_since = models.DateTimeField(default=timezone.now)
    amount = models.DecimalField(
        _("Amount"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    cost = models.DecimalField(
        _("Cost of goods"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("Currency"), max_length=3)
    paid = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    owner = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, blank=True)
    team = TenantForeignKey("workspaces.Team", models.SET_NULL, null=True, blank=True)
    contact = TenantForeignKey("contacts.Contact", related_name="deals")
    company = TenantForeignKey(
        "contacts.Company", models.SET_NULL, null=True, blank=True, related_name="deals"
    )
    conversation = TenantForeignKey(
        "inbox.Conversation", models.SET_NULL, null=True, blank=True, related_name="deals"
    )
    channel = TenantForeignKey(
        "channels_connectors.Channel", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    touch = TenantForeignKey(
        "contacts.Touch", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    source = models.CharField(_("Source"), max_length=120, blank=True)
    medium = models.CharField(max_length=120, blank=True)
    campaign = models.CharField(_("Campaign"), max_length=200, blank=True)
    content = models.CharField(max_length=200, blank=True)
    term = models.CharField(max_length=200, blank=True)
    expected_on = models.DateField(_("Expected"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True)
    # When sales took it on: left the first stage forward, or said so.
    accepted_at = models.DateTimeField(null=True)
    loss_reason = TenantForeignKey(
        "crm.LossReason", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    loss_comment = models.CharField(max_length=500, blank=True)
    evidence = TenantForeignKey(
        "inbox.Message", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    fields = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(DealQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="deal_number_unique"),
        ]
        indexes = [
            # A column of the board, in its order.
            models.Index(fields=["workspace", "stage", "position", "id"], name="deal_column"),
            # Counts and sums over the columns, out of the index alone.
            models.Index(
                fields=["workspace", "pipeline", "stage"],
                include=["amount", "currency", "owner", "team", "channel"],
                name="deal_column_sums",
                condition=models.Q(status="open"),
            ),
            # The same of what came to an outcome lately.
            models.Index(
                fields=["workspace", "pipeline", "closed_at"],
                include=["stage", "amount", "currency", "owner", "team", "channel"],
                name="deal_outcome_sums",
                condition=models.Q(closed_at__isnull=False),
            ),
            # With all that contacts are asked about their deals, out of the index alone.
            models.Index(
                fields=["workspace", "contact"],
                include=["status", "stage", "pipeline", "amount", "created_at", "closed_at"],
                name="deal_of_contact",
            ),
            models.Index(
                fields=["workspace", "conversation"],
                name="deal_conversation",
                condition=models.Q(conversation__isnull=False),
            ),
            models.Index(fields=["workspace", "owner", "status"], name="deal_owner"),
            models.Index(fields=["workspace", "-created_at", "id"], name="deal_newest"),
            models.Index(
                fields=["workspace", "closed_at"],
                name="deal_closed",
                condition=models.Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"#{self.number}"


class DealFollower(TenantModel):
    """A member who wants to hear of a deal that is not theirs."""

    deal = TenantForeignKey(Deal, related_name="followers")
    membership = TenantForeignKey("workspaces.Membership", related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "deal", "membership"], name="deal_follower_unique"
            )
        ]

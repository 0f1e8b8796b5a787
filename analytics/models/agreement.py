from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from workspaces.models.tenant import TenantForeignKey, TenantModel


class Agreement(TenantModel):
    """A version of what marketing and sales promise each other, in force from a month on once both
    heads have signed it, until a later one is."""

    class Side(models.TextChoices):
        MARKETING = "marketing", pgettext_lazy("department", "Marketing")
        SALES = "sales", pgettext_lazy("department", "Sales")

    # Counted for each workspace from 1.
    number = models.IntegerField()
    # The first day of a month.
    since = models.DateField()
    # What both call an accepted lead, in their own words.
    accepted_lead = models.TextField(blank=True)
    proposed_by = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    marketing_by = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    marketing_at = models.DateTimeField(null=True)
    sales_by = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    sales_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="agreement_number_unique"),
            # What is to be signed is one thing at a time.
            models.UniqueConstraint(
                fields=["workspace"],
                condition=Q(withdrawn_at=None) & (Q(marketing_at=None) | Q(sales_at=None)),
                name="agreement_proposal_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.since}"

    @property
    def is_signed(self) -> bool:
        """Whether both have."""
        return self.marketing_at is not None and self.sales_at is not None

    @property
    def is_open(self) -> bool:
        """Whether it waits for a signature."""
        return self.withdrawn_at is None and not self.is_signed


class AgreementPromise(TenantModel):
    """One number of the registry that a side answers for, month by month. `threshold` is in the
    metric's unit, money in its main unit."""

    class Condition(models.TextChoices):
        AT_LEAST = "at_least", pgettext_lazy("decision", "at least")
        AT_MOST = "at_most", pgettext_lazy("decision", "at most")

    agreement = TenantForeignKey("analytics.Agreement", related_name="promises")
    side = models.CharField(max_length=9, choices=Agreement.Side.choices)
    metric = models.CharField(max_length=40)
    condition = models.CharField(max_length=8, choices=Condition.choices)
    threshold = models.DecimalField(max_digits=18, decimal_places=4)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "agreement", "metric"], name="agreement_promise_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.condition} {self.threshold}"

from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.models.tenant import TenantForeignKey, TenantModel


class Payment(TenantModel):
    """Money that came for a deal, or, negative, went back."""

    deal = TenantForeignKey("crm.Deal", related_name="payments")
    amount = models.DecimalField(_("Amount"), max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=3)
    paid_on = models.DateField(_("Date"))
    comment = models.CharField(_("Comment"), max_length=200, blank=True)
    # The other system's id, so that a payment that is told twice is one.
    external_id = models.CharField(max_length=120, blank=True)
    author = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "deal", "external_id"],
                condition=~models.Q(external_id=""),
                name="payment_external_unique",
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "deal", "paid_on"], name="payment_deal"),
            models.Index(fields=["workspace", "paid_on"], name="payment_day"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

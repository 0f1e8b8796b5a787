from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.stage import Group
from workspaces.models.tenant import TenantForeignKey, TenantModel


class LossReason(TenantModel):
    """Why a deal was lost, or was not a lead at all. Two levels: a group of reasons, a reason."""

    pipeline = TenantForeignKey("crm.Pipeline", null=True, blank=True, related_name="loss_reasons")
    parent = TenantForeignKey("self", null=True, blank=True, related_name="children")
    outcome = models.CharField(
        max_length=10,
        choices=[
            (Group.LOST.value, Group.LOST.label),
            (Group.NOT_A_LEAD.value, Group.NOT_A_LEAD.label),
        ],
    )
    name = models.CharField(_("Reason"), max_length=120)
    position = models.CharField(max_length=80, db_collation="C")
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "outcome", "position"], name="loss_reason_order"),
        ]

    def __str__(self) -> str:
        return self.name

from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel


class Goal(TenantModel):
    """What a member, a team or, without both, everybody is to sell in a month."""

    month = models.DateField()
    member = TenantForeignKey("workspaces.Membership", null=True, blank=True, related_name="+")
    team = TenantForeignKey("workspaces.Team", null=True, blank=True, related_name="+")
    pipeline = TenantForeignKey("crm.Pipeline", null=True, blank=True, related_name="+")
    revenue = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    count = models.IntegerField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(member=None) | models.Q(team=None), name="goal_of_one"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "month"], name="goal_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

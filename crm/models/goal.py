from typing import Any, ClassVar

from django.db import models

from crm.querysets import GoalQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class Goal(TenantModel):
    """What a member, a team or, without both, everybody is to sell in a month."""

    # Its first day.
    month = models.DateField()
    member = TenantForeignKey("workspaces.Membership", null=True, blank=True, related_name="+")
    team = TenantForeignKey("workspaces.Team", null=True, blank=True, related_name="+")
    pipeline = TenantForeignKey("crm.Pipeline", null=True, blank=True, related_name="+")
    revenue = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    count = models.IntegerField(null=True, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(GoalQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(member=None) | models.Q(team=None), name="goal_of_one"
            ),
            # One of each: PostgreSQL 15 and newer tell two nulls to be the same.
            models.UniqueConstraint(
                fields=["workspace", "month", "pipeline", "member", "team"],
                name="goal_unique",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

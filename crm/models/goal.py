from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce

from crm.querysets import GoalQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


def _or_nobody(name: str) -> Coalesce:
    """One of each: to a unique index two nulls are not the same."""
    return Coalesce(
        name, Value(UUID(int=0), output_field=models.UUIDField()), output_field=models.UUIDField()
    )


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
            models.UniqueConstraint(
                models.F("workspace"),
                models.F("month"),
                *(_or_nobody(name) for name in ("pipeline", "member", "team")),
                name="goal_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

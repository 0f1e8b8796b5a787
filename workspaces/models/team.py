from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.models.tenant import TenantForeignKey, TenantModel


class Team(TenantModel):
    """Members who answer for the same thing: sales, support."""

    name = models.CharField(_("Name"), max_length=80)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="team_name_unique")
        ]

    def __str__(self) -> str:
        return self.name


class TeamMembership(TenantModel):
    team = TenantForeignKey(Team, related_name="team_memberships")
    membership = TenantForeignKey("workspaces.Membership", related_name="team_memberships")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "team", "membership"], name="team_membership_unique"
            )
        ]

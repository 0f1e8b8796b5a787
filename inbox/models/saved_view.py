from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workspaces.models.tenant import TenantForeignKey, TenantModel


class SavedView(TenantModel):
    """A list of conversations as somebody looks at it, under a name: for themselves, for a team, or
    for everybody. Whoever opens it sees of it what they may see.

    `parameters` are those of the page's address, so that "mine" are those of whoever looks.
    `columns` are the table's, from left to right; none are each viewer's own choice.
    """

    class Sharing(models.TextChoices):
        OWN = "own", pgettext_lazy("saved view", "Only me")
        TEAM = "team", _("A team")
        EVERYBODY = "everybody", _("Everybody")

    membership = TenantForeignKey("workspaces.Membership", related_name="+")
    name = models.CharField(max_length=60)
    parameters: Any = models.JSONField(default=dict)
    columns: Any = models.JSONField(default=list)
    sharing = models.CharField(max_length=10, choices=Sharing.choices, default=Sharing.OWN)
    # A team that is gone leaves the view to whoever made it.
    team = TenantForeignKey("workspaces.Team", models.SET_NULL, null=True, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "membership", "name"], name="saved_view_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name

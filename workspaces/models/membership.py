from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workspaces.models.tenant import TenantManager, TenantModel
from workspaces.querysets import MembershipQuerySet


class Role(models.TextChoices):
    OWNER = "owner", pgettext_lazy("role", "Owner")
    ADMIN = "admin", pgettext_lazy("role", "Administrator")
    SUPERVISOR = "supervisor", pgettext_lazy("role", "Supervisor")
    AGENT = "agent", pgettext_lazy("role", "Agent")
    MARKETER = "marketer", pgettext_lazy("role", "Marketer")
    ANALYST = "analyst", pgettext_lazy("role", "Analyst")
    QUALITY = "quality", pgettext_lazy("role", "Quality control")


class Visibility(models.TextChoices):
    """Whose conversations a member sees."""

    OWN = "own", _("Own and new ones")
    TEAM = "team", _("Of own teams")
    ALL = "all", _("All")


class Membership(TenantModel):
    """A user in a workspace, with a role."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(_("Role"), max_length=16, choices=Role.choices, default=Role.AGENT)
    visibility = models.CharField(
        _("Sees conversations"), max_length=8, choices=Visibility.choices, default=Visibility.ALL
    )
    is_active = models.BooleanField(default=True)
    takes_conversations = models.BooleanField(
        _("Receives conversations automatically"), default=True
    )
    last_routed_at = models.DateTimeField(null=True, editable=False)
    # A lease on being online; see workspaces.presence.
    online_until = models.DateTimeField(null=True, editable=False)
    teams = models.ManyToManyField(
        "workspaces.Team", through="workspaces.TeamMembership", related_name="members"
    )

    objects: ClassVar[Any] = TenantManager.from_queryset(MembershipQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="membership_user_unique")
        ]
        indexes = [models.Index(fields=["user"], name="membership_user")]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def name(self) -> str:
        return self.user.name or self.user.email

from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.models.membership import Role, Visibility
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel
from workspaces.querysets import InvitationQuerySet

LIFETIME = timedelta(hours=72)


def _expiry() -> object:
    return timezone.now() + LIFETIME


class Invitation(TenantModel):
    """An offer to join, bound to one e-mail, used once, good for 72 hours."""

    email = models.EmailField(_("E-mail"))
    role = models.CharField(_("Role"), max_length=16, choices=Role.choices, default=Role.AGENT)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.ALL)
    team = TenantForeignKey("workspaces.Team", models.SET_NULL, null=True, blank=True)
    invited_by = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True)
    token_hash = models.CharField(max_length=64, editable=False)
    expires_at = models.DateTimeField(default=_expiry)
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(InvitationQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "token_hash"], name="invitation_token_unique"
            )
        ]

    @property
    def is_open(self) -> bool:
        return (
            self.accepted_at is None
            and self.revoked_at is None
            and self.expires_at > timezone.now()
        )

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.models.membership import Role
from workspaces.models.tenant import TenantForeignKey, TenantModel


class ApiToken(TenantModel):
    """A key of a program to one workspace: `prefix.secret`, stored hashed, shown once."""

    name = models.CharField(_("Name"), max_length=80)
    prefix = models.CharField(max_length=16, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    role = models.CharField(_("Role"), max_length=16, choices=Role.choices, default=Role.ADMIN)
    scopes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    created_by = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "secret_hash"], name="api_token_secret_unique"
            )
        ]
        indexes = [models.Index(fields=["secret_hash"], name="api_token_secret")]

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and (
            self.expires_at is None or self.expires_at > timezone.now()
        )

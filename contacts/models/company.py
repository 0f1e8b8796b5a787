from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.models.tenant import TenantForeignKey, TenantModel


class Company(TenantModel):
    """A firm that contacts work for."""

    name = models.CharField(_("Name"), max_length=200)
    phone = models.CharField(_("Phone"), max_length=20, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    website = models.CharField(_("Website"), max_length=200, blank=True)
    tax_number = models.CharField(_("Tax number"), max_length=20, blank=True)
    note = models.TextField(_("About"), blank=True)
    fields = models.JSONField(default=dict, blank=True)
    owner = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "name"], name="company_name")]

    def __str__(self) -> str:
        return self.name

from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.models.tenant import TenantForeignKey, TenantModel


class Label(TenantModel):
    """A word put on contacts to find them by."""

    name = models.CharField(_("Label"), max_length=60)
    color = models.CharField(max_length=12, default="petrol")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="label_name_unique")
        ]

    def __str__(self) -> str:
        return self.name


class ContactLabel(TenantModel):
    contact = TenantForeignKey("contacts.Contact", related_name="contact_labels")
    label = TenantForeignKey("contacts.Label", related_name="contact_labels")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "contact", "label"], name="contact_label_unique"
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "label", "contact"], name="contact_label_found")
        ]

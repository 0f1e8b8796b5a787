from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import pgettext_lazy

from workspaces.models.tenant import TenantForeignKey, TenantModel


class ContactPoint(TenantModel):
    """A further phone or e-mail of a contact; the first of each is the contact's own column."""

    class Kind(models.TextChoices):
        PHONE = "phone", pgettext_lazy("contact point", "Phone")
        EMAIL = "email", pgettext_lazy("contact point", "E-mail")

    contact = TenantForeignKey("contacts.Contact", related_name="points")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    value = models.CharField(max_length=254)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "contact", "kind", "value"], name="contact_point_unique"
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "kind", "value"], name="contact_point_value"),
            GinIndex(
                OpClass("workspace", name="uuid_ops"),
                OpClass("value", name="gin_trgm_ops"),
                name="contact_point_search",
            ),
        ]

    def __str__(self) -> str:
        return self.value

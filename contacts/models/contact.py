from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.querysets import ContactQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class Contact(TenantModel):
    """A customer: one person, however many addresses they write from."""

    name = models.CharField(_("Name"), max_length=200, blank=True)
    phone = models.CharField(_("Phone"), max_length=20, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    language = models.CharField(_("Language"), max_length=16, blank=True)
    note = models.TextField(_("About"), blank=True)
    fields = models.JSONField(default=dict, blank=True)
    owner = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, blank=True)
    company = TenantForeignKey(
        "contacts.Company", models.SET_NULL, null=True, blank=True, related_name="people"
    )
    avatar = models.CharField(max_length=200, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    labels = models.ManyToManyField("contacts.Label", through="contacts.ContactLabel")

    objects: ClassVar[Any] = TenantManager.from_queryset(ContactQuerySet)()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="contact_newest"),
            models.Index(
                fields=["workspace", "phone"],
                name="contact_phone",
                condition=~models.Q(phone=""),
            ),
            models.Index(
                fields=["workspace", "email"],
                name="contact_email",
                condition=~models.Q(email=""),
            ),
            # The search's, by conversations_matching; see inbox.search.
            GinIndex(
                OpClass("workspace", name="uuid_ops"),
                *(OpClass(name, name="gin_trgm_ops") for name in ("name", "phone", "email")),
                name="contact_search",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """What to call them: the name, else the phone or the e-mail."""
        return self.name or self.phone or self.email or str(_("Unnamed"))

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.phones import in_words
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
    # Whoever is blocked may write, and nobody is told of it.
    blocked_at = models.DateTimeField(null=True, editable=False)
    blocked_reason = models.CharField(
        _("Reason"), max_length=200, blank=True, default="", db_default=""
    )
    imported_by = TenantForeignKey(
        "contacts.Job", models.SET_NULL, null=True, editable=False, related_name="imported"
    )
    updated_at = models.DateTimeField(auto_now=True)
    labels = models.ManyToManyField("contacts.Label", through="contacts.ContactLabel")

    objects: ClassVar[Any] = TenantManager.from_queryset(ContactQuerySet)()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "-created_at", "-id"], name="contact_newest"),
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
            models.Index(
                fields=["workspace", "owner"],
                name="contact_owner",
                condition=models.Q(owner__isnull=False),
            ),
            models.Index(
                fields=["workspace", "company"],
                name="contact_company",
                condition=models.Q(company__isnull=False),
            ),
            models.Index(
                fields=["workspace", "language"],
                name="contact_language",
                condition=~models.Q(language=""),
            ),
            models.Index(
                fields=["workspace", "id"], name="contact_noted", condition=~models.Q(note="")
            ),
            models.Index(
                fields=["workspace", "blocked_at"],
                name="contact_blocked",
                condition=models.Q(blocked_at__isnull=False),
            ),
            models.Index(fields=["workspace", "name", "id"], name="contact_by_name"),
            models.Index(fields=["workspace", "-updated_at", "-id"], name="contact_changed"),
            # What the table is sorted by, of contacts that other tables name.
            models.Index(
                fields=["workspace", "id"],
                include=["created_at", "updated_at", "name"],
                name="contact_by_id",
            ),
            models.Index(
                fields=["workspace", "imported_by"],
                name="contact_imported",
                condition=models.Q(imported_by__isnull=False),
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
    def is_blocked(self) -> bool:
        """Whether what they write goes past the queue."""
        return self.blocked_at is not None

    @property
    def display_name(self) -> str:
        """What to call them: the name, else the phone or the e-mail."""
        return self.name or in_words(self.phone) or self.email or str(_("Unnamed"))

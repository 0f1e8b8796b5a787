from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workspaces.models.tenant import TenantForeignKey, TenantModel


class MessageTemplate(TenantModel):
    """A message that its platform approves before it may be sent outside the reply window.

    A copy of what the platform has: see `channels_connectors.types.Template`.
    """

    class Status(models.TextChoices):
        APPROVED = "approved", pgettext_lazy("template", "Approved")
        PENDING = "pending", pgettext_lazy("template", "In review")
        REJECTED = "rejected", pgettext_lazy("template", "Rejected")
        PAUSED = "paused", pgettext_lazy("template", "Paused")
        DISABLED = "disabled", pgettext_lazy("template", "Disabled")

    class Category(models.TextChoices):
        MARKETING = "marketing", pgettext_lazy("template", "Marketing")
        UTILITY = "utility", _("Service")
        AUTHENTICATION = "authentication", _("Authentication")

    channel = TenantForeignKey("channels_connectors.Channel", related_name="templates")
    external_id = models.CharField(max_length=100, blank=True)
    name = models.CharField(_("Name"), max_length=512)
    language = models.CharField(_("Language"), max_length=16)
    category = models.CharField(_("Category"), max_length=16, choices=Category.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    reason = models.TextField(blank=True)
    quality = models.CharField(max_length=20, blank=True)
    is_named = models.BooleanField(default=False)
    components = models.JSONField(default=list)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "channel", "name", "language"], name="template_name_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"

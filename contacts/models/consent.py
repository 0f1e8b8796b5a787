from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.models.tenant import TenantForeignKey, TenantModel


class Consent(TenantModel):
    """Whether a contact agreed to a kind of letters, on one channel or, without one, on all.

    The row is the present state; the journal keeps how it came to be.
    """

    class Purpose(models.TextChoices):
        MARKETING = "marketing", _("Broadcasts and offers")

    class Origin(models.TextChoices):
        PLATFORM = "platform", _("the messenger's own switch")
        CUSTOMER = "customer", _("the customer's message")
        AGENT = "agent", _("an agent")
        IMPORT = "import", _("an import")
        WIDGET = "widget", _("the website chat")
        API = "api", _("the API")

    contact = TenantForeignKey("contacts.Contact", related_name="consents")
    channel = TenantForeignKey(
        "channels_connectors.Channel", null=True, blank=True, related_name="+"
    )
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    is_granted = models.BooleanField()
    origin = models.CharField(max_length=16, choices=Origin.choices)
    detail = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "contact", "channel", "purpose"], name="consent_unique"
            ),
            models.UniqueConstraint(
                fields=["workspace", "contact", "purpose"],
                condition=models.Q(channel=None),
                name="consent_everywhere_unique",
            ),
        ]
        indexes = [
            # Who agreed, out of the index alone.
            models.Index(
                fields=["workspace", "purpose", "is_granted", "contact"],
                include=["channel", "at", "id"],
                name="consent_given",
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.is_granted}"

    def as_fact(self) -> dict[str, Any]:
        """What the journal is told."""
        return consent_fact(
            self.purpose, self.channel_id, self.is_granted, self.origin, self.detail, self.at
        )


def consent_fact(
    purpose: str,
    channel_id: UUID | None,
    is_granted: bool,
    origin: str,
    detail: str,
    at: datetime,
) -> dict[str, Any]:
    """What the journal is told of a consent that was given or taken back."""
    return {
        "purpose": purpose,
        "channel": str(channel_id) if channel_id else None,
        "granted": is_granted,
        "origin": origin,
        "detail": detail,
        "at": at.isoformat().replace("+00:00", "Z"),
    }

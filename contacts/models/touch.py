from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.querysets import TouchQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class Touch(TenantModel):
    """What brought a contact to us: an advertisement, a link, a visit to the website.

    Written once and never changed. `content` of a link of ours is its key; `data` is all that the
    platform told. `message_id` names the message that told it.
    """

    class Kind(models.TextChoices):
        VISIT = "visit", _("Visit to the website")
        DEEP_LINK = "deep_link", pgettext_lazy("touch", "Link")
        AD = "ad", pgettext_lazy("touch", "Advertisement")
        IMPORT = "import", pgettext_lazy("touch", "Import")
        API = "api", pgettext_lazy("touch", "API")

    contact = TenantForeignKey("contacts.Contact", related_name="touches")
    channel = TenantForeignKey(
        "channels_connectors.Channel", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    message_id = models.UUIDField(null=True, editable=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.CharField(max_length=100, blank=True)
    medium = models.CharField(max_length=100, blank=True)
    campaign = models.CharField(max_length=200, blank=True)
    content = models.CharField(max_length=200, blank=True)
    term = models.CharField(max_length=200, blank=True)
    click_ids = models.JSONField(default=dict, blank=True)
    landing_page = models.TextField(blank=True)
    referrer = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(TouchQuerySet)()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "contact", "-at", "-id"], name="touch_of_contact"),
            models.Index(fields=["workspace", "-at", "-id"], name="touch_newest"),
            # Whom a source or a campaign brought; see contacts.vocabulary.spellings.
            models.Index(fields=["workspace", "source", "contact"], name="touch_of_source"),
            models.Index(fields=["workspace", "campaign", "contact"], name="touch_of_campaign"),
        ]

    def __str__(self) -> str:
        return " · ".join(self.names) or self.get_kind_display()

    @property
    def names(self) -> list[str]:
        """What it is known by, from the widest to the narrowest."""
        return [name for name in (self.source, self.campaign, self.content) if name]

    def as_fact(self) -> dict[str, Any]:
        """What the journal is told."""
        return touch_fact(self.contact_id, self.kind, self.source, self.medium, self.campaign)


def touch_fact(
    contact_id: UUID, kind: str, source: str, medium: str, campaign: str
) -> dict[str, Any]:
    """What the journal is told of a touch."""
    return {
        "contact": str(contact_id),
        "kind": kind,
        "source": source,
        "medium": medium,
        "campaign": campaign,
    }

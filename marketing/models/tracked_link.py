from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketing.querysets import TrackedLinkQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class TrackedLink(TenantModel):
    """An address of the company that tells where who follows it came from.

    To a page it leads with UTM marks; into a chat it carries `key`, which the platform hands back
    with the customer's first message. `/l/<key>` knows no workspace: keys are drawn at
    random out of so many that no two are alike.
    """

    class Kind(models.TextChoices):
        PAGE = "page", _("Page of a website")
        CHAT = "chat", pgettext_lazy("link", "Chat")

    name = models.CharField(_("Name"), max_length=120)
    key = models.CharField(max_length=16)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    url = models.TextField(blank=True)
    channel = TenantForeignKey(
        "channels_connectors.Channel", null=True, blank=True, related_name="+"
    )
    # What WhatsApp writes into the customer's message, before the key.
    greeting = models.CharField(max_length=200, blank=True)
    source = models.CharField(_("Source"), max_length=100)
    medium = models.CharField(max_length=100, blank=True)
    campaign = models.CharField(_("Campaign"), max_length=200, blank=True)
    content = models.CharField(max_length=200, blank=True)
    term = models.CharField(max_length=200, blank=True)
    made_by = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    archived_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(TrackedLinkQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="tracked_link_key_unique"),
            models.CheckConstraint(
                condition=Q(kind="page", channel=None) | Q(kind="chat", channel__isnull=False),
                name="tracked_link_of_one_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="tracked_link_newest"),
            models.Index(fields=["key"], name="tracked_link_lookup"),
        ]

    def __str__(self) -> str:
        return self.name


class TrackedLinkDay(TenantModel):
    """How often a link was followed on one day, machines left out."""

    link = TenantForeignKey(TrackedLink, related_name="days")
    day = models.DateField()
    clicks = models.IntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "link", "day"], name="tracked_link_day_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.clicks}"

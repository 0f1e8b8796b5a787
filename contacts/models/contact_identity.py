from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel


class ContactIdentity(TenantModel):
    """An address of a contact on one channel: a Telegram chat, a website visitor.

    `aliases` are other ids under which the platform may name the same chat.
    """

    channel = TenantForeignKey("channels_connectors.Channel", related_name="identities")
    contact = TenantForeignKey("contacts.Contact", related_name="identities")
    external_id = models.CharField(max_length=200)
    aliases = ArrayField(models.CharField(max_length=200), default=list, db_default=[], blank=True)
    name = models.CharField(max_length=200, blank=True)
    username = models.CharField(max_length=100, blank=True)
    is_group = models.BooleanField(default=False)
    is_reachable = models.BooleanField(default=True)
    unreachable_reason = models.CharField(max_length=200, blank=True)
    profile_fetched_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "channel", "external_id"], name="identity_external_unique"
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "contact"], name="identity_contact"),
            # Who writes on a channel, out of the index alone.
            models.Index(
                fields=["workspace", "channel", "contact"],
                include=["is_reachable"],
                name="identity_on_channel",
            ),
            models.Index(
                fields=["workspace", "username"],
                name="identity_username",
                condition=~models.Q(username=""),
            ),
            # A list of what is still to be put into the index would be read at each lookup.
            GinIndex(
                fields=["aliases"],
                condition=~models.Q(aliases=[]),
                name="identity_aliases",
                fastupdate=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id

from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.models.tenant import TenantForeignKey, TenantModel


class DealRule(TenantModel):
    """How deals are born from the conversations of a channel. A channel without one has the
    defaults; a row without a channel changes the defaults of the workspace."""

    class Birth(models.TextChoices):
        FIRST_MESSAGE = "first_message", _("With the customer's first message")
        ACCEPT = "accept", _("When an agent takes the conversation")
        MANUAL = "manual", _("By hand")

    class Returning(models.TextChoices):
        REOPEN = "reopen", _("Reopen the last deal")
        NEW = "new", _("Start a new deal")
        NOTHING = "nothing", _("Only open the conversation")

    class Owner(models.TextChoices):
        ASSIGNEE = "assignee", _("Who has the conversation")
        CONTACT_OWNER = "contact_owner", _("Who has the customer")
        NOBODY = "nobody", _("Nobody")

    channel = TenantForeignKey(
        "channels_connectors.Channel", null=True, blank=True, related_name="+"
    )
    pipeline = TenantForeignKey("crm.Pipeline", models.SET_NULL, null=True, related_name="+")
    stage = TenantForeignKey("crm.Stage", models.SET_NULL, null=True, blank=True, related_name="+")
    birth = models.CharField(max_length=16, choices=Birth.choices, default=Birth.FIRST_MESSAGE)
    returning = models.CharField(max_length=10, choices=Returning.choices, default=Returning.NEW)
    # A lost deal is reopened, not followed by a new one, for this long after its end.
    reopen_days = models.SmallIntegerField(default=30)
    owner = models.CharField(max_length=16, choices=Owner.choices, default=Owner.ASSIGNEE)
    archives_conversation = models.BooleanField(
        _("Closing the deal archives the conversation"), default=False
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "channel"], name="deal_rule_unique"),
            models.UniqueConstraint(
                fields=["workspace"],
                condition=models.Q(channel=None),
                name="deal_rule_default_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.birth

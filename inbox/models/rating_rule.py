from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.models.tenant import TenantForeignKey, TenantModel


class RatingRule(TenantModel):
    """Whether customers of a channel are asked how it was after a conversation was closed, and
    how. A channel without one has the workspace's; a row without a channel is the workspace's.

    `texts` and `thanks` are words by language ("ru", "en"). Without words of its own a question
    has the usual ones, and a rating no thanks. `template` names a message template to ask by where
    its platform takes no words any more; without one nobody is asked then. `is_hidden` keeps marks
    out of the conversations.
    """

    channel = TenantForeignKey(
        "channels_connectors.Channel", null=True, blank=True, related_name="+"
    )
    is_on = models.BooleanField(_("Ask for a rating after closing"), default=False)
    texts: Any = models.JSONField(default=dict, blank=True)
    thanks: Any = models.JSONField(default=dict, blank=True)
    is_hidden = models.BooleanField(default=False, db_default=False)
    template = models.CharField(max_length=512, blank=True, default="", db_default="")
    # From the closing until the question.
    delay_minutes = models.IntegerField(default=5)
    # From the question until an answer no longer counts.
    answer_hours = models.IntegerField(default=24)
    # Nobody is asked again sooner.
    pause_days = models.IntegerField(default=30)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "channel"], name="rating_rule_unique"),
            models.UniqueConstraint(
                fields=["workspace"],
                condition=models.Q(channel=None),
                name="rating_rule_default_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.is_on}"

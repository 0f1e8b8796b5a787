from django.db import models

from workspaces.models.tenant import TenantModel


class WeeklyDigest(TenantModel):
    """What one week brought, put together once when it was over, for the joint meeting.

    `data` has numbers and ids, no words and no names: pages and letters tell it in the language of
    their reader, and what a person may not see, or who was forgotten, is not in it. See
    `analytics.digest.making`.
    """

    # Its Monday.
    week = models.DateField()
    data = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "week"], name="weekly_digest_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.week}"

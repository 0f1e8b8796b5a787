from django.db import models

from workspaces.models.tenant import TenantModel


class ReportSettings(TenantModel):
    """What the workspace promises its customers, as far as reports judge by it."""

    # Seconds of working time within which a first reply is in time.
    first_reply_target = models.IntegerField(default=900)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace"], name="report_settings_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.first_reply_target} s"

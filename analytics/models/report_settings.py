from django.db import models

from workspaces.models.tenant import TenantModel


class ReportSettings(TenantModel):
    """What the workspace promises its customers, as far as reports judge by it, and how it counts
    its money."""

    # Seconds of working time within which a first reply is in time.
    first_reply_target = models.IntegerField(default=900)
    # The same for sales' word on whether a lead is one.
    judgement_target = models.IntegerField(default=28_800, db_default=28_800)
    # Added to spend that was told without it, as a share of it; None where nothing is added.
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace"], name="report_settings_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.first_reply_target} s"

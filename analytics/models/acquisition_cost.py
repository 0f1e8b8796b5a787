from django.db import models

from workspaces.models.tenant import TenantModel


class AcquisitionCost(TenantModel):
    """What winning customers cost besides advertisements on one day: salaries, an agency's fee.

    Counts in CAC alone.
    """

    date = models.DateField()
    name = models.CharField(max_length=120)
    cost = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=3)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "date", "name"], name="acquisition_cost_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name} {self.cost}"

from django.core.validators import MinValueValidator
from django.db import models

from workspaces.models.tenant import TenantModel


class ExchangeRate(TenantModel):
    """What one unit of a currency is worth in the workspace's, from a day on until the next rate.

    Money keeps its own currency where it is written down; reports convert it by the rate of its
    day. Without a rate it stays out of the sums, and the coverage says so.
    """

    currency = models.CharField(max_length=3)
    since = models.DateField()
    rate = models.DecimalField(
        max_digits=18, decimal_places=6, validators=[MinValueValidator(0.000001)]
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "currency", "since"], name="exchange_rate_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.since}: {self.rate}"

from django.db import models

from workspaces.models.tenant import TenantModel


class DealNumber(TenantModel):
    """The last number given to a deal of the workspace."""

    last = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="deal_numbering_unique")]

    def __str__(self) -> str:
        return f"{self.last}"

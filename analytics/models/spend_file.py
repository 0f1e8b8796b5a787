from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel


class SpendFile(TenantModel):
    """A table of spend between its upload and the word that its columns are right."""

    membership = TenantForeignKey("workspaces.Membership", related_name="+")
    name = models.CharField(max_length=200)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name

from django.db import models
from django.utils.translation import pgettext_lazy

from workspaces.models.tenant import TenantForeignKey, TenantModel


class Erasure(TenantModel):
    """A person's wish to be forgotten: the ledger of what must be gone, also after a restore.

    It names the contact and nobody: no name, no address.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("erasure", "Waiting")
        DONE = "done", pgettext_lazy("erasure", "Done")

    contact_id = models.UUIDField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    asked_by = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "contact_id"], name="erasure_unique")
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.status}"

from django.db import models

from workspaces.models.tenant import TenantModel


class WorkspaceCounter(TenantModel):
    """The last `seq` of a workspace. Its row lock makes commit order equal `seq` order.

    Taken last in every transaction, so that it is held for the commit alone.
    """

    seq = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace"], name="workspace_counter_unique")
        ]

from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel


class PendingReference(TenantModel):
    """An edit, deletion, status or reaction that came before its message, kept until that lands.

    So are a move and a consent of a chat that is not here yet; `external_id` is then the chat's.
    """

    channel = TenantForeignKey("channels_connectors.Channel")
    external_id = models.CharField(max_length=250)
    kind = models.CharField(max_length=12)
    item = models.JSONField()
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["workspace", "channel", "external_id"], name="pending_reference_external"
            )
        ]

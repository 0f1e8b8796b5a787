from django.db import models

from workspaces.models.tenant import TenantModel


class IdempotencyKey(TenantModel):
    """The answer that a POST with this key got, given again to its repetitions for a day."""

    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.IntegerField(null=True)
    body = models.BinaryField(default=bytes)
    content_type = models.CharField(max_length=80, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="idempotency_key_unique")
        ]
        indexes = [models.Index(fields=["workspace", "created_at"], name="idempotency_key_age")]

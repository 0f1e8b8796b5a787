"""What every row of ours has."""

from django.db import models
from django.utils import timezone

from core.ids import uuid7


class IdentifiedModel(models.Model):
    """A row with a UUIDv7 made by us, known before it is stored."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

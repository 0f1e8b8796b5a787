from typing import Any, ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketing.models.series import Series
from marketing.querysets import SeriesStepQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel

MINUTES_A_DAY: Final = 24 * 60


class SeriesStep(TenantModel):
    """One message of a series and what must hold for it.

    Its words, and whoever it went to, are those of a broadcast of its own, whose audience keeps
    coming. `delay_minutes` are counted from the message before, or from coming in; with `at_time`
    it is the first such time of the day after them. `requires` are words of
    `marketing.series.asking`, `conditions` those of segments. A step that was taken out keeps its
    numbers.
    """

    class Otherwise(models.TextChoices):
        SKIP = "skip", _("Skip this step")
        LEAVE = "leave", _("End the series")

    series = TenantForeignKey(Series, related_name="steps")
    broadcast = TenantForeignKey("marketing.Broadcast", related_name="steps")
    position = models.IntegerField()
    delay_minutes = models.IntegerField(default=0)
    at_time = models.TimeField(null=True, blank=True)
    requires = models.JSONField(default=list, blank=True)
    conditions = models.JSONField(default=dict, blank=True)
    otherwise = models.CharField(max_length=5, choices=Otherwise.choices, default=Otherwise.SKIP)
    removed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(SeriesStepQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "broadcast"], name="series_step_broadcast_unique"
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "series", "position"], name="series_step_order")
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.position}"

    @property
    def number(self) -> int:
        """As people count: from 1."""
        return self.position + 1

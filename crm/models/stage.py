from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.querysets import StageQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class Group(models.TextChoices):
    """What a stage means for the deals in it; also a deal's status, where active is open."""

    ACTIVE = "active", pgettext_lazy("stages", "In work")
    WON = "won", pgettext_lazy("stages", "Won")
    LOST = "lost", pgettext_lazy("stages", "Lost")
    NOT_A_LEAD = "not_a_lead", pgettext_lazy("stages", "Not a lead")


class Stage(TenantModel):
    """A step of a pipeline. Deleting one archives it: the history goes on naming it."""

    pipeline = TenantForeignKey("crm.Pipeline", related_name="stages")
    name = models.CharField(_("Name"), max_length=80)
    group = models.CharField(max_length=10, choices=Group.choices, default=Group.ACTIVE)
    color = models.CharField(_("Colour"), max_length=12, default="petrol")
    position = models.CharField(max_length=80, db_collation="C")
    # Percent, for the forecast.
    probability = models.SmallIntegerField(_("Probability"), default=50)
    # Names of fields of the deal or the contact without which nothing may enter.
    required_fields = models.JSONField(default=list)
    archived_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(StageQuerySet)()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "pipeline", "position"], name="stage_order"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_closed(self) -> bool:
        """Whether deals in it have come to an outcome."""
        return self.group != Group.ACTIVE

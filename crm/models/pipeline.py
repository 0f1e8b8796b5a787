from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.querysets import PipelineQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class Pipeline(TenantModel):
    """A way that deals go, stage by stage, to an outcome."""

    name = models.CharField(_("Name"), max_length=80)
    position = models.CharField(max_length=80, db_collation="C")
    currency = models.CharField(_("Currency"), max_length=3)
    is_default = models.BooleanField(default=False)
    is_restricted = models.BooleanField(_("Only for chosen teams"), default=False)
    allows_free_reason = models.BooleanField(
        _("A loss may have a reason of its own"), default=False
    )
    archived_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(PipelineQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"],
                condition=models.Q(is_default=True),
                name="pipeline_default_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PipelineAccess(TenantModel):
    """Lets a team work in a restricted pipeline."""

    pipeline = TenantForeignKey(Pipeline, related_name="access_list")
    team = TenantForeignKey("workspaces.Team", related_name="pipeline_access")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "pipeline", "team"], name="pipeline_access_unique"
            )
        ]

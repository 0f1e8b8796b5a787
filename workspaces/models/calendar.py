from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.models.tenant import TenantManager, TenantModel
from workspaces.querysets import CalendarQuerySet


class Calendar(TenantModel):
    """Working hours of the workspace, of a team or of a channel, from `valid_from` on.

    A row is never changed: who changes the hours adds a row, so that what happened earlier is
    judged by the hours of its time. See `workspaces.calendars` for what is computed from it.
    `owner_id` is no foreign key: the hours of a team that is gone still tell of its past.
    """

    class Owner(models.TextChoices):
        WORKSPACE = "workspace"
        TEAM = "team"
        CHANNEL = "channel"

    class Mode(models.TextChoices):
        INHERIT = "inherit", _("As above")
        ALWAYS = "always", _("Around the clock")
        WEEKLY = "weekly", _("By the week")

    owner_type = models.CharField(max_length=10, choices=Owner.choices)
    owner_id = models.UUIDField()
    valid_from = models.DateTimeField(default=timezone.now)
    mode = models.CharField(max_length=8, choices=Mode.choices)
    time_zone = models.CharField(max_length=64)
    # Seven days from Monday, each a list of ["09:00", "18:00"]; "24:00" ends a day.
    weekly = models.JSONField(default=list)
    # {"from": "2026-12-31" or "12-31", "to": the same, "hours": as in `weekly`, "name": str}
    holidays = models.JSONField(default=list)

    objects: ClassVar[Any] = TenantManager.from_queryset(CalendarQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "owner_type", "owner_id", "valid_from"],
                name="calendar_version_unique",
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner_type}: {self.mode} from {self.valid_from:%Y-%m-%d}"

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import pgettext_lazy

from marketing.models.series import Series
from marketing.models.series_step import SeriesStep
from marketing.querysets import ParticipantQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class SeriesParticipant(TenantModel):
    """A contact on the way through a series; each time anew where it may be more than once.

    `step` is the one that comes next, at `due_at`; None after the last, while a goal may still be
    reached. `reason` says why they are not in it any more, in words of `marketing.series.reasons`.
    """

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("participant", "On the way")
        FINISHED = "finished", pgettext_lazy("participant", "Came to the end")
        LEFT = "left", pgettext_lazy("participant", "Left")

    series = TenantForeignKey(Series, related_name="participants")
    contact = TenantForeignKey("contacts.Contact", related_name="series")
    round = models.IntegerField(default=0, db_default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    step = TenantForeignKey(SeriesStep, models.SET_NULL, null=True, related_name="+")
    due_at = models.DateTimeField(db_default=Now())
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True, db_default="")

    objects: ClassVar[Any] = TenantManager.from_queryset(ParticipantQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "series", "contact", "round"], name="participant_round_unique"
            ),
            models.UniqueConstraint(
                fields=["workspace", "series", "contact"],
                condition=models.Q(state="active"),
                name="participant_active_unique",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "series", "due_at", "id"],
                condition=models.Q(state="active"),
                name="participant_due",
            ),
            models.Index(
                fields=["workspace", "contact"],
                condition=models.Q(state="active"),
                name="participant_of_contact",
            ),
            models.Index(fields=["workspace", "series", "-entered_at"], name="participant_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.state}"

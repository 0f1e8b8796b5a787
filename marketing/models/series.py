from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.journal import record
from inbox.models.conversation import By
from marketing.models.broadcast import Broadcast
from marketing.querysets import SeriesQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class Series(TenantModel):
    """Messages that follow each other, for each contact from the day on which they came in.

    People come in by `segment`, as they appear in it, or by something that happens (`trigger`),
    narrowed by `trigger_settings` (`{stage, pipeline, label, channel}`, ids as texts) and
    `conditions`. `goals` are `[{kind, stage?, conditions?}]`: whoever reaches one leaves.
    `reentry_days`: so long after they left people may come in again; None for never. What follows
    `channels` is what each step's broadcast sends by.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("series", "Draft")
        RUNNING = "running", pgettext_lazy("series", "Running")
        PAUSED = "paused", pgettext_lazy("series", "Paused")
        STOPPED = "stopped", pgettext_lazy("series", "Stopped")

    class Trigger(models.TextChoices):
        SEGMENT = "segment", _("Appears in a segment")
        CONTACT_CREATED = "contact_created", _("A new contact")
        DEAL_CREATED = "deal_created", _("A new deal")
        DEAL_MOVED = "deal_moved", _("A deal comes to a stage")
        LABEL_ADDED = "label_added", _("Gets a label")
        CONVERSATION_CLOSED = "conversation_closed", _("A conversation was closed")

    name = models.CharField(_("Name"), max_length=120)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    trigger = models.CharField(max_length=20, choices=Trigger.choices, default=Trigger.SEGMENT)
    trigger_settings = models.JSONField(default=dict, blank=True)
    segment = TenantForeignKey(
        "marketing.Segment", models.PROTECT, null=True, related_name="series"
    )
    conditions = models.JSONField(default=dict, blank=True)
    takes_present = models.BooleanField(default=True)
    goals = models.JSONField(default=list, blank=True)
    reentry_days = models.IntegerField(null=True, blank=True)
    channels = models.JSONField(default=list)
    window = models.JSONField(null=True, blank=True)
    zone = models.CharField(
        max_length=10, choices=Broadcast.Zone.choices, default=Broadcast.Zone.WORKSPACE
    )
    frequency_cap = models.JSONField(null=True, blank=True)
    consent_policy = models.CharField(
        max_length=12,
        choices=Broadcast.ConsentPolicy.choices,
        default=Broadcast.ConsentPolicy.NOT_REFUSED,
    )
    reply_team = TenantForeignKey("workspaces.Team", models.SET_NULL, null=True, related_name="+")
    reply_assignee = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    author = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # When the segment is looked at next, and whether those who were there at the start are noted.
    looks_at = models.DateTimeField(null=True)
    knows_present = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(SeriesQuerySet)()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="series_newest"),
            models.Index(
                fields=["workspace", "trigger"],
                condition=models.Q(status="running"),
                name="series_at_work",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        return self.status == self.Status.STOPPED

    def become(self, status: str, action: str, *, by: By) -> bool:
        """Change the status; False, and nothing happens, when it is already so."""
        if self.status == status:
            return False
        before, self.status = self.status, status
        if status == self.Status.STOPPED:
            self.finished_at = timezone.now()
        self.save(update_fields=["status", "started_at", "finished_at", "looks_at", "updated_at"])
        self.record(action, by=by, before=before, after=status)
        return True

    def lock(self) -> "Series":
        """The row as it is now, locked."""
        fresh: Series = Series.objects.select_for_update(no_key=True).get(pk=self.pk)
        return fresh

    def record(self, action: str, *, by: By = None, **data: Any) -> None:
        """Put a fact about this series into the journal."""
        record(action, subject=self, by=by, data={"name": self.name, **data})

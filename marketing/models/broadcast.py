from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.journal import record
from inbox.models.conversation import By
from marketing.querysets import BroadcastQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class Broadcast(TenantModel):
    """One message to a segment, each contact once.

    `channels` are ids in order of preference: each contact gets the message on the first of them
    where they can be written to. `texts` differ from `text` by a channel's id or kind; `entities`
    and `texts_entities` are their formatting. `variants` are `[{key, text, entities, texts,
    texts_entities, weight}]`; `winner` is `{metric, hours, share}`: a part of the audience tries
    them, the rest gets the best. `window` is `{from, to, weekdays}` in the zone that `zone` names,
    `frequency_cap` `{count, days}`. `adds_stop_line`: the last line says how to get no more of
    them. `snapshot` is what the audience was made from, `cursor` the last contact that the launch
    has come to. A rolling one is a step of a series: it has no segment, people come to it one by
    one, and it does not end by itself.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("broadcast", "Draft")
        SCHEDULED = "scheduled", pgettext_lazy("broadcast", "Scheduled")
        RUNNING = "running", pgettext_lazy("broadcast", "Being sent")
        PAUSED = "paused", pgettext_lazy("broadcast", "Paused")
        STOPPED = "stopped", pgettext_lazy("broadcast", "Stopped")
        DONE = "done", pgettext_lazy("broadcast", "Sent")

    class Schedule(models.TextChoices):
        NOW = "now", _("At once")
        AT = "at", _("At a time")
        LOCAL = "local", _("At a time of the contact’s day")

    class Zone(models.TextChoices):
        WORKSPACE = "workspace", _("the workspace’s")
        CONTACT = "contact", _("the contact’s")

    class UnknownPolicy(models.TextChoices):
        SKIP = "skip", _("Do not repeat")
        RESEND = "resend", _("Send again")

    class ConsentPolicy(models.TextChoices):
        NOT_REFUSED = "not_refused", _("Who has not refused")
        GRANTED = "granted", _("Who has agreed")

    name = models.CharField(_("Name"), max_length=120)
    segment = TenantForeignKey(
        "marketing.Segment", models.PROTECT, null=True, related_name="broadcasts"
    )
    exclusions = models.JSONField(default=dict, blank=True)
    snapshot = models.JSONField(null=True)
    channels = models.JSONField(default=list)
    text = models.TextField(blank=True)
    entities = models.JSONField(default=list, blank=True)
    texts = models.JSONField(default=dict, blank=True)
    texts_entities = models.JSONField(default=dict, blank=True)
    subject = models.CharField(max_length=250, blank=True)
    buttons = models.JSONField(default=list, blank=True)
    files = models.JSONField(default=list, blank=True)
    template = models.JSONField(null=True, blank=True)
    variants = models.JSONField(default=list, blank=True)
    winner = models.JSONField(null=True, blank=True)
    chosen_variant = models.CharField(max_length=20, blank=True)
    tracks_links = models.BooleanField(default=True)
    adds_stop_line = models.BooleanField(default=False, db_default=False)
    schedule = models.CharField(max_length=8, choices=Schedule.choices, default=Schedule.NOW)
    starts_at = models.DateTimeField(null=True, blank=True)
    window = models.JSONField(null=True, blank=True)
    zone = models.CharField(max_length=10, choices=Zone.choices, default=Zone.WORKSPACE)
    frequency_cap = models.JSONField(null=True, blank=True)
    unknown_policy = models.CharField(
        max_length=8, choices=UnknownPolicy.choices, default=UnknownPolicy.SKIP
    )
    consent_policy = models.CharField(
        max_length=12, choices=ConsentPolicy.choices, default=ConsentPolicy.NOT_REFUSED
    )
    reply_team = TenantForeignKey("workspaces.Team", models.SET_NULL, null=True, related_name="+")
    reply_assignee = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    author = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, related_name="+")
    cursor = models.UUIDField(null=True)
    is_frozen = models.BooleanField(default=False)
    is_rolling = models.BooleanField(default=False, db_default=False)
    launched_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    told = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(BroadcastQuerySet)()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="broadcast_newest"),
            models.Index(
                fields=["workspace", "status"],
                condition=models.Q(status__in=["scheduled", "running"]),
                name="broadcast_at_work",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_editable(self) -> bool:
        """What has begun is not changed any more."""
        return self.status == self.Status.DRAFT

    def become(self, status: str, action: str, *, by: By, **data: Any) -> bool:
        """Change the status; False, and nothing happens, when it is already so."""
        if self.status == status:
            return False
        before, self.status = self.status, status
        if status in {self.Status.STOPPED, self.Status.DONE}:
            self.finished_at = timezone.now()
        self.save(update_fields=["status", "finished_at", "launched_at", "snapshot", "updated_at"])
        record(
            action,
            subject=self,
            by=by,
            data={"name": self.name, "before": before, "after": status, **data},
        )
        return True

    def lock(self) -> "Broadcast":
        """The row as it is now, locked."""
        fresh: Broadcast = Broadcast.objects.select_for_update(no_key=True).get(pk=self.pk)
        return fresh

    def record(self, action: str, *, by: By = None, **data: Any) -> None:
        """Put a fact about this broadcast into the journal."""
        record(action, subject=self, by=by, data={"name": self.name, **data})

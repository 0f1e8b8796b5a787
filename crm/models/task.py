from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.querysets import TaskQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class Task(TenantModel):
    """Something to do by a moment, for a contact, a deal or a conversation."""

    class Kind(models.TextChoices):
        CALL = "call", pgettext_lazy("task", "Call")
        WRITE = "write", pgettext_lazy("task", "Write")
        MEET = "meet", pgettext_lazy("task", "Meeting")
        OTHER = "other", pgettext_lazy("task", "Task")

    class Repeat(models.TextChoices):
        NEVER = "", _("Does not repeat")
        DAILY = "daily", _("Every day")
        WORKDAYS = "workdays", _("Every working day")
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OTHER)
    text = models.CharField(_("What to do"), max_length=500)
    due_at = models.DateTimeField(_("Due"))
    # Without a time it is due by the end of the day in the zone of the workspace.
    has_time = models.BooleanField(default=True)
    owner = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True)
    author = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, related_name="+")
    contact = TenantForeignKey("contacts.Contact", null=True, blank=True, related_name="tasks")
    deal = TenantForeignKey("crm.Deal", null=True, blank=True, related_name="tasks")
    conversation = TenantForeignKey(
        "inbox.Conversation", null=True, blank=True, related_name="tasks"
    )
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True)
    repeat = models.CharField(
        _("Repeats"), max_length=10, choices=Repeat.choices, blank=True, default=Repeat.NEVER
    )
    # When the series began: the day of the month and the hour that later ones keep to.
    series_start = models.DateTimeField(null=True, editable=False)
    # Its next occurrence is made: done a second time it makes no other.
    is_continued = models.BooleanField(default=False, db_default=False, editable=False)
    done_at = models.DateTimeField(null=True)
    done_by = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    result = models.CharField(_("Result"), max_length=500, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(TaskQuerySet)()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["workspace", "owner", "due_at"],
                name="task_mine",
                condition=models.Q(done_at__isnull=True),
            ),
            models.Index(fields=["workspace", "due_at", "id"], name="task_due"),
            # What is done is most of them, and would stand before what is overdue.
            models.Index(
                fields=["workspace", "due_at", "id"],
                name="task_to_do",
                condition=models.Q(done_at__isnull=True),
            ),
            models.Index(
                fields=["workspace", "-done_at"],
                name="task_done",
                condition=models.Q(done_at__isnull=False),
            ),
            models.Index(
                fields=["workspace", "deal"],
                name="task_deal",
                condition=models.Q(deal__isnull=False),
            ),
            models.Index(
                fields=["workspace", "contact"],
                name="task_contact",
                condition=models.Q(contact__isnull=False),
            ),
            models.Index(
                fields=["workspace", "conversation"],
                name="task_conversation",
                condition=models.Q(conversation__isnull=False),
            ),
            models.Index(
                # Looked up across workspaces, see crm.lookups.
                fields=["remind_at"],
                name="task_reminder",
                condition=models.Q(
                    done_at__isnull=True, reminded_at__isnull=True, remind_at__isnull=False
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    @property
    def is_overdue(self) -> bool:
        """Whether its moment has passed and nobody has done it."""
        return not self.is_done and self.due_at < timezone.now()
